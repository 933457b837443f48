/// Holds the cost models against measurements that others published.
///
/// Start at [Validation#run]. [PublishedPoints], [StaticBatches] and [RequestReplay] each know one
/// kind of measurement and how to repeat it: through the real scheduler under virtual time, by
/// [ServingRun]. [ServingCalibration] fits to one half of them, as [Halves] splits them.
package dev.touchstone.llm.hardware.validation;
