package dev.touchstone.arena.practice;

/// What an attempt may see of the hidden content. Only attempts make keys, from their events;
/// whoever holds hidden content gives it out for a fitting key alone.
public final class Key {
    private final int hints;
    private final boolean answer;
    private final boolean grade;

    /// @param hints how many hints are open
    /// @param answer whether the model answer is
    /// @param grade whether the evidence is
    Key(int hints, boolean answer, boolean grade) {
        this.hints = hints;
        this.answer = answer;
        this.grade = grade;
    }

    /// @param index of the hint, from 0
    public boolean opensHint(int index) {
        return index < hints;
    }

    public boolean opensAnswer() {
        return answer;
    }

    public boolean opensGrade() {
        return grade;
    }
}
