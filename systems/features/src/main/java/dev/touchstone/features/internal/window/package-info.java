/// Aggregates over windows of events.
package dev.touchstone.features.internal.window;
