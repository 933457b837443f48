package dev.touchstone.arena.practice;

/// How well something was remembered: FSRS' four grades.
public enum Rating {
    AGAIN,
    HARD,
    GOOD,
    EASY
}
