/// The language in which an incident's file says what a good response looks like.
///
/// Start at [RuleParser], whose page has the grammar. An [OrderRule] earns points, a
/// [FatalCondition] caps the score; both are judged over a [Story], the list of what a player did
/// and when. A judge answers with a [Ruling] that names the event that decided it.
///
/// Nothing is earned by what never came up: a rule over actions that were not taken is lost, so
/// that doing nothing is worth nothing.
package dev.touchstone.arena.internal.rules;
