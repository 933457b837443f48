package dev.touchstone.arena.practice;

/// What to learn when a dimension stays weak.
public record Reading(String dimension, String title, String text) {}
