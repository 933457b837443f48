/// Feast repositories, read as far as their concepts meet ours.
///
/// Start at [FeastReader]. [PythonReader] reads the calls that define things, and runs nothing.
package dev.touchstone.features.internal.feast;
