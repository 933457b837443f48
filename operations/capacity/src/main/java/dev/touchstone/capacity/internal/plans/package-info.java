/// The plans that ship, one class each.
///
/// Defaults and corrected figures carry the ids under which they are discussed: `L1`, `E13` and so
/// on are those of the challenges and of the mistakes found in common worked answers.
package dev.touchstone.capacity.internal.plans;
