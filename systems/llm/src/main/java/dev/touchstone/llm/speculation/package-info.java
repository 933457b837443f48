/// Speculative decoding: guess the next few tokens cheaply, let the model check all of them in one
/// step, keep those it would have said itself.
///
/// A [dev.touchstone.llm.speculation.DraftProposer] guesses:
/// [dev.touchstone.llm.speculation.NgramProposer] from the text itself, a small model with more
/// effort. The executor proposes and accepts through [dev.touchstone.llm.Step], the scheduler gives
/// drafts their place in the budget ([dev.touchstone.llm.SchedulerConfig.Speculation]), and an
/// [dev.touchstone.llm.speculation.AcceptanceMeter] says whether it pays. In simulation
/// [dev.touchstone.llm.speculation.SimulatedSpeculation] stands for all of that.
@org.jspecify.annotations.NullMarked
package dev.touchstone.llm.speculation;
