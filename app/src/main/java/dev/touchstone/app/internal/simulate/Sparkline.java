package dev.touchstone.app.internal.simulate;

/// A series as one line of characters, its greatest value as high as a character is.
final class Sparkline {
    private static final String BLOCKS = "▁▂▃▄▅▆▇█";
    private static final String ASCII = "_.-~=+*#";

    private final String levels;
    private final int width;

    /// @param unicode whether the terminal can show blocks
    /// @param width characters
    Sparkline(boolean unicode, int width) {
        this.levels = unicode ? BLOCKS : ASCII;
        this.width = width;
    }

    /// Each character stands for the greatest value in its part of the series, and a blank for a
    /// part without values: a short spike is what one looks for.
    String draw(double... values) {
        double top = greatest(0, values.length, values);
        var line = new StringBuilder(width);
        int columns = Math.min(width, values.length);
        for (int column = 0; column < columns; column++) {
            int from = (int) ((long) column * values.length / columns);
            int to = (int) ((column + 1L) * values.length / columns);
            double value = greatest(from, to, values);
            line.append(Double.isNaN(value) ? ' ' : levels.charAt(level(value, top)));
        }
        return line.toString();
    }

    private int level(double value, double top) {
        int last = levels.length() - 1;
        return top > 0 ? (int) Math.clamp(Math.ceil(value / top * (last + 1)) - 1, 0, last) : 0;
    }

    /// NaN when there is none.
    static double greatest(int from, int to, double... values) {
        double greatest = Double.NaN;
        for (int i = from; i < to; i++) {
            if (!(greatest >= values[i]) && !Double.isNaN(values[i])) {
                greatest = values[i];
            }
        }
        return greatest;
    }
}
