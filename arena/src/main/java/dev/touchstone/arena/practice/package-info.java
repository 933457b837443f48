/// Practice on paper: design challenges, war rooms, on-call pages, drills, flash cards and spotted
/// errors, each attempted first, graded with reasons and put on a review schedule.
///
/// Start at [Practice], the checked content. It shows what a person may see before an attempt
/// ([Brief], [Face], [Drilling]) and starts an [Attempt]. An attempt is the list of its [Event]s
/// and nothing else: [Attempt#decide] says whether a [Move] is accepted now, [Attempt#apply] makes
/// it happen, and [Practice#replay] plays a stored list again. Hints, answers, evidence and rubric
/// levels lie under a [Key] that only an attempt whose events unlock them holds, so no page can
/// show them too early.
///
/// A finished attempt has an [Outcome]; its [Rating] goes to [Fsrs], which says when the item is
/// due again. Nothing here reads a clock: the server passes its time in.
package dev.touchstone.arena.practice;
