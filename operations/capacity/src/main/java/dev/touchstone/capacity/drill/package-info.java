/// Sizing drills: eight kinds of question, endless numbers, and an ear for how people go wrong.
///
/// Start at [Drills#drill]. A [Drill] asks one question; [Drill#grade] reads an answer in any unit
/// and says what it is worth as a [Grade]. A wrong answer is compared with what each usual [Slip]
/// would give, so that the reply names the slip and not only the number.
///
/// The right answers come from plans ([dev.touchstone.capacity.Plan]), so every drill can show its
/// arithmetic. A seed decides the numbers and which of several questions is asked; seed 0 is the
/// classic of each kind.
package dev.touchstone.capacity.drill;
