/// Counts, levels and distributions over time, kept in bounded memory and read by charts, promotion
/// gates, grades and Prometheus alike: one record of what happened, so that nobody argues about
/// whose graph is right.
///
/// Start at [Telemetry]. It makes the three instruments – [Counter], [Gauge], [Distribution] – and
/// cuts time into windows of one length for all of them. Each instrument keeps one small summary a
/// window; summaries of adjacent windows add up without loss, so any stretch of time can be pooled,
/// and when there are too many windows, pairs are merged.
///
/// One thread owns a [Telemetry] with all its instruments, for writing and for reading: the loop
/// whose doings it records. Others ask the owner, or see what [PrometheusExport] last published.
///
/// Time never enters this package as a clock. Callers pass `nowNanos`, real or virtual, on any
/// origin they like; it may stand still but not go back.
package dev.touchstone.telemetry;
