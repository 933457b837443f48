/// A fleet under virtual time: real engines behind the real router, with modelled GPUs and
/// simulated users.
///
/// Start at [FleetSimulation#run]: it takes a [Load] (users who think between their requests, or a
/// recorded trace) and [FleetSettings], and returns a [FleetReport]. The same load, settings and
/// seed give the same report on any machine, whether steps are simulated one by one or many at
/// once.
package dev.touchstone.llm.fleet.simulation;
