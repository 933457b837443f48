/// Rows from Parquet files, read with Hardwood.
package dev.touchstone.features.internal.parquet;
