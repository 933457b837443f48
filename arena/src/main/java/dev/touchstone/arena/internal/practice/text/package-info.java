/// Reads prose: sentences, quantities with units, words that were looked for, and whether a word
/// was denied.
///
/// Start at [Quantities] for numbers and [Terms] for words. Everything here looks at text and says
/// where in it something stands; what it is worth is `grading`'s to say.
package dev.touchstone.arena.internal.practice.text;
