/// Runs that survive anything: each is a journal of actions on disk, and what is in memory is only
/// that journal played again.
///
/// Start at [RunStore]. It hands out a [Lease] on a [LiveRun]; the run is the one place where an
/// action is applied and journalled, under its own lock. Nothing is answered to a player before its
/// line is on the disk; the one exception is time that passes by itself while a run plays, which is
/// written once a second.
///
/// Wall time enters as a parameter, in [RunStore#beat].
package dev.touchstone.app.internal.runs;
