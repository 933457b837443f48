/// A large-language-model serving engine whose decisions are pure.
///
/// Start at [LlmEngine]: a request is submitted, waits or is refused, and is then carried by steps
/// until its last token. Each step is decided by [Scheduler#plan], which owns the [KvBlockPool] and
/// the [Sequence]s, and carried out by an [Executor], which says how long it took:
/// [RooflineExecutor] computes that from a [ModelSpec] and an [Accelerator]. What an executor may
/// say back, such as where an answer ends or which drafts hold, is in [Step].
///
/// Time is a parameter everywhere (`nowNanos`, counted from an origin the caller chooses), so the
/// same scheduler serves real requests on the wall clock and an hour of traffic in a second. One
/// thread owns an engine; nothing here starts threads, does I/O or draws random numbers.
package dev.touchstone.llm;
