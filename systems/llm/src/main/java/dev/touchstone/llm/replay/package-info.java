/// Replays a recorded hour of traffic through modelled engines in about a second.
///
/// Start at [TraceReplay#run]: it takes a [Trace] (read from a file of one of two public formats),
/// [ReplaySettings] (how many replicas, their cache, policy and cost model), carries every request
/// through under virtual time and returns a [ReplayReport]: latencies, throughput, memory, and
/// their course over time. The engines are the real [dev.touchstone.llm.LlmEngine], so what a
/// replay shows is what the scheduler would decide in production; only the time that a step takes
/// comes from a model.
///
/// Reading a file is the only input; nothing here starts threads, reads a clock or draws random
/// numbers. The same trace under the same settings gives the same report on any machine.
package dev.touchstone.llm.replay;
