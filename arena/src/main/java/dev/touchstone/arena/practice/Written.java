package dev.touchstone.arena.practice;

import java.time.Instant;
import java.util.Optional;

/// What stands in a section.
///
/// @param certainty how sure a question's answer is: 1, 2 or 3
/// @param at when it was saved last
public record Written(String text, Optional<Integer> certainty, Instant at) {}
