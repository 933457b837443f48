/// Training sets of any size: a block of labels at a time, one view at a time, with every finished
/// part kept until the set is whole.
///
/// Start at [BlockBuild].
package dev.touchstone.features.internal.build;
