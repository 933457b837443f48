package dev.touchstone.arena.practice;

/// The front of a flash card or of an error to spot: all of it that may be seen before it is
/// turned.
///
/// @param topic `serving`
/// @param topicTitle `LLM serving`
/// @param claim the wrong statement; empty for a card
/// @param ask the question
/// @param unit what a number is wanted in; empty where no number is checked
public record Face(
        Item item, String topic, String topicTitle, String claim, String ask, String unit) {}
