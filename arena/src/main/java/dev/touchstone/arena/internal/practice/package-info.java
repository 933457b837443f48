/// What the practice arena's content is made of once it is read: what may be seen, and beside it,
/// [Sealed], what may not be seen yet.
///
/// The rooms behind, each using only those before it: `text` (numbers, words and sentences in
/// prose), `grading` (what a written answer shows), `content` (data files).
package dev.touchstone.arena.internal.practice;
