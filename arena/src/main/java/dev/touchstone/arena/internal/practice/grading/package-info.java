/// What a written answer is worth.
///
/// Start at [EvidenceGrader], which looks for every fact of the
/// [dev.touchstone.arena.internal.practice.Criteria] in the answer and puts the grade together;
/// [Checks] judges single answers with a known right one.
package dev.touchstone.arena.internal.practice.grading;
