/// A feature store that cannot leak: what a model is trained on is what would have been served.
///
/// Start at [AsOfRule], which says in one place which of an entity's [FeatureRow]s a label may see.
/// A row carries two times: when it happened (event) and when the store could have served it
/// (availability). A [FeatureView] is a group of features that arrive together under one key, with
/// its rule. A [FeatureStore] keeps histories on disk and builds training sets from them.
///
/// Times are nanoseconds since 1970-01-01T00:00:00Z in a `long`; [Times] has the two infinities and
/// the arithmetic. Nothing here reads a clock, starts a thread or draws random numbers. Files are
/// touched by `internal.log`, `internal.files` and the store itself.
package dev.touchstone.features;
