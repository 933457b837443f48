package dev.touchstone.arena.practice;

import java.util.Locale;

/// The columns of a rubric, lowest first.
public enum Level {
    /// Below the first column.
    NONE(0),
    JUNIOR(1),
    SENIOR(2),
    STAFF(3),
    PRINCIPAL(4);

    private final int column;

    Level(int column) {
        this.column = column;
    }

    /// 0 for [#NONE] to 4 for [#PRINCIPAL], to calculate with.
    public int column() {
        return column;
    }

    /// The level of a column; of the nearest where there is none.
    public static Level of(int column) {
        Level nearest = NONE;
        for (Level level : values()) {
            nearest = level.column <= column ? level : nearest;
        }
        return nearest;
    }

    /// `senior`, as in content files.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The lower of the two.
    public Level atMost(Level limit) {
        return compareTo(limit) <= 0 ? this : limit;
    }
}
