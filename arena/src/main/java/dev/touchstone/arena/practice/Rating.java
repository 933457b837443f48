package dev.touchstone.arena.practice;

/// How well something was remembered: FSRS' four grades.
public enum Rating {
    AGAIN(1),
    HARD(2),
    GOOD(3),
    EASY(4);

    private final int grade;

    Rating(int grade) {
        this.grade = grade;
    }

    /// 1 to 4, as the formulas of FSRS count.
    int grade() {
        return grade;
    }

    /// The worse of the two.
    public Rating atMost(Rating limit) {
        return grade <= limit.grade ? this : limit;
    }
}
