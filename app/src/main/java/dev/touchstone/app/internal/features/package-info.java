/// The feature store behind HTTP: Feast's online reads and pushes, in front of the store that lies
/// in the data directory. Start at [FeatureEndpoints].
package dev.touchstone.app.internal.features;
