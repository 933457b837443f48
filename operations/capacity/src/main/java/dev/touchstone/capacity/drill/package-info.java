/// Sizing drills.
package dev.touchstone.capacity.drill;
