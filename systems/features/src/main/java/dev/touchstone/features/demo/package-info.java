/// An incident to repeat at home: a fraud model that looks much better in training than it is.
///
/// Start at [LeakDemo#run]. [FraudMonth] makes the payments and the histories, [Serving] answers
/// reads in the order of time and knows nothing of joins, [Scorer] learns and scores. Every figure
/// is computed from files that the store's own join wrote.
package dev.touchstone.features.demo;
