/// Time as a parameter, chance as a seed.
///
/// Start at [EventLoop]: it fires events in a total order, by time and then by insertion, and is
/// the only thing that moves a [VirtualClock]. Chance comes from [RandomStreams], one named stream
/// for each cause of randomness, so that a new cause does not disturb the draws of the others.
/// [EventLog] folds what happened into one SHA-256, by which two runs are compared.
///
/// Nothing here reads a real clock, starts a thread or draws from unseeded randomness; arithmetic
/// that feeds a decision goes through [StrictMath], so equal seeds give equal runs on any machine.
/// All types are for one thread.
package dev.touchstone.simulation;
