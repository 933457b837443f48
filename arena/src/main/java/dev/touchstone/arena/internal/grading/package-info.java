/// The grade of a finished run: 100 points, each with the event that earned or lost it.
///
/// Start at [Grader]. Each dimension is one class: [HarmGrade] (40), [OrderGrade] (25),
/// [CauseGrade] (15), [EvidenceGrade] (10), [CommunicationGrade] (10) and [WasteGrade] (down to
/// -10); fatal actions then cap the sum. Harm and evidence are judged against [References], three
/// more runs on the same seed: an expert, nobody, and a healthy twin to which the fault never
/// happened.
///
/// Nothing is estimated and no language model is asked: the same run gets the same grade.
package dev.touchstone.arena.internal.grading;
