package dev.touchstone.features;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/// What a message says about names when one is not known.
final class Names {
    private static final int MOST_LISTED = 20;
    private static final int NEAREST = 5;

    private Names() {}

    /// All names, or of many those that look most like the one that is not there.
    static String instead(String unknown, Collection<String> known) {
        if (known.size() <= MOST_LISTED) {
            return "there are " + List.copyOf(known);
        }
        List<String> nearest =
                known.stream()
                        .sorted(Comparator.comparingInt(name -> edits(unknown, name)))
                        .limit(NEAREST)
                        .toList();
        return "there are %,d, among them %s".formatted(known.size(), nearest);
    }

    /// Characters to insert, drop or replace to get from one word to the other (Levenshtein).
    private static int edits(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
