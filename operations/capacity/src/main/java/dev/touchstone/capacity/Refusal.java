package dev.touchstone.capacity;

/// Nothing was derived.
///
/// @param input whose value is at fault; empty when several together are, or none that was given
/// @param reason what is wrong and what to change
public record Refusal(String input, String reason) implements Sizing {}
