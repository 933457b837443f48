/// The practice arena's data files: read, checked and turned into challenges, cards, errors to spot
/// and frameworks.
///
/// Start at [Library], which reads a directory. Every file is checked against its JSON schema
/// first; then its [Figures] are computed, and a number that does not come out as shown refuses the
/// file.
package dev.touchstone.arena.internal.practice.content;
