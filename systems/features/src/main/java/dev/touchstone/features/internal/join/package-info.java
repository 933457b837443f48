/// The as-of join.
///
/// Start at [AsOfJoin], the fast one; [NaiveAsOf] is its plain twin.
package dev.touchstone.features.internal.join;
