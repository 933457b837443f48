package dev.touchstone.capacity;

/// What comes of a plan: numbers with their derivation, or a reason why there are none.
public sealed interface Sizing permits Derivation, Refusal {}
