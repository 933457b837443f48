/// What a fleet of engines decides: who serves a request, how many replicas there should be, and
/// what gives way when there are too few.
///
/// Start at [Router]: it holds a [ReplicaView] of every replica and chooses one for each request.
/// [Autoscaler] asks for replicas, [DegradationLadder] says what is given up at which load, and
/// [RetryBudget] how often a failed request may be sent again.
///
/// Every type here is a plain object for one thread that is given the time and the facts; the same
/// objects decide in front of real servers and in `dev.touchstone.llm.fleet.simulation`.
package dev.touchstone.llm.fleet;
