/// Training sets: labels in, the same labels with features out, a chunk at a time.
package dev.touchstone.features.internal.training;
