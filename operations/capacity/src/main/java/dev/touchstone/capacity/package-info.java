/// Sizing: how many GPUs, bytes, partitions or dollars a system needs, every step shown.
///
/// Start at [Plans]: each [Plan] is a set of [Input]s with units, defaults and ranges, and a list
/// of formulas over them. [Plan#read] takes what a person overrides and gives a [Sizing]: a
/// [Derivation] to show, on a terminal, as JSON or on a page, or a [Refusal] that says what to
/// change.
///
/// A formula is written once, as text. That text is checked for units when the plan is built,
/// computed when it is derived, and shown with names and with numbers in it, so that what is shown
/// is what was computed.
///
/// A [Sweep] derives a step over the range of an input, for a chart; an [Influence] says how far an
/// input moves it.
///
/// Everything here is immutable and free of clocks, chance and I/O. Deriving a plan is some hundred
/// arithmetic operations, so a page may do it while a slider moves.
package dev.touchstone.capacity;
