/// Features that are computed when they are asked for, from what a request brings and from other
/// features: a small language without loops, assignments or effects.
///
/// Start at [Formula], which [FormulaParser] makes of a text.
package dev.touchstone.features.internal.expression;
