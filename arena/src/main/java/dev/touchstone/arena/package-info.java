/// Incidents to practise on: a person or an agent is paged, looks, acts and declares a cause, on a
/// simulated deployment that reacts; then the run is graded.
///
/// Start at [IncidentCatalog], which starts an [IncidentRun] of an [Incident]. A player sees
/// [Observation]s and sends [Action]s; each comes to an [Outcome]. Virtual time passes only through
/// what is done, so a [RunRecord] – the seed and the actions – replays the run to the same
/// event-log hash. A finished run has a [Report].
///
/// An incident is a data file; `incidents/incident.schema.json` describes every field. What is
/// simulated behind it, and how a run is graded, is internal.
package dev.touchstone.arena;
