/// A run of an incident under way.
///
/// Start at [SimulatedRun], the protocol between a player and a deployment: it checks actions, lets
/// them cost virtual time, keeps what was done and hands the ended run to a grader. [Simulation] is
/// the deployment under its clock; it samples harm on a fixed grid and reads the panels' series.
/// What a finished simulation leaves behind is a [Trajectory].
///
/// A run is a function of its incident, seed and actions. The event log takes the seed, every
/// action but waiting with its moment, and what the deployment logs; so waiting twice is waiting
/// once.
package dev.touchstone.arena.internal.play;
