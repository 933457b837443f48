/// Training sets on Spark.
///
/// Start at [SparkTrainingSets]. Spark brings the labels and the rows of a key together; which row
/// a label sees is decided by [dev.touchstone.features.AsOfStream], as everywhere else.
@NullMarked
package dev.touchstone.spark;

import org.jspecify.annotations.NullMarked;
