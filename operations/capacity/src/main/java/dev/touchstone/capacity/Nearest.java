package dev.touchstone.capacity;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// The known name that somebody probably meant: of inputs and units here, and of whatever else has
/// names elsewhere.
public final class Nearest {
    private Nearest() {}

    /// The nearest known name, unless even that differs in more than half of its letters.
    public static Optional<String> to(String name, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparingInt(candidate -> edits(name, candidate)))
                .filter(candidate -> edits(name, candidate) <= candidate.length() / 2);
    }

    /// `; did you mean kv_heads?`, or nothing.
    public static String hint(String name, Collection<String> known) {
        return to(name, known).map("; did you mean %s?"::formatted).orElse("");
    }

    /// Letters to insert, delete or replace to turn one into the other (Levenshtein); a swap of
    /// neighbours counts two.
    public static int edits(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
