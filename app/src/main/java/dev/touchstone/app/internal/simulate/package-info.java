/// `touchstone simulate llm`, behind its options: a recorded trace on modelled accelerators.
///
/// Start at [Simulation], one replay with everything it was made from. It is shown in three ways
/// that say the same: [SimulationText] for the terminal, [SimulationJson] for programs,
/// [SimulationPage] for a browser. What was replayed and when it was shown leave no trace in the
/// JSON or the page: the same trace and settings give the same bytes.
package dev.touchstone.app.internal.simulate;
