package dev.touchstone.arena.internal;

import dev.touchstone.capacity.Nearest;
import java.util.Collection;
import java.util.Optional;

/// What to say about a name that nobody knows: the nearest one that somebody does.
public final class Names {
    private static final int MOST_LISTED = 20;

    private Names() {}

    /// `did you mean 'gpus'? Known are: gpus, pools`; without a near one, only what is known.
    public static String hint(String name, Collection<String> known) {
        if (known.isEmpty()) {
            return "there are none";
        }
        String list =
                "known are: "
                        + String.join(", ", known.stream().sorted().limit(MOST_LISTED).toList())
                        + (known.size() > MOST_LISTED ? ", …" : "");
        return nearest(name, known).map(near -> "did you mean '%s'? ".formatted(near)).orElse("")
                + list;
    }

    /// The known name with the fewest edits, where those are at most two or a third of the name.
    public static Optional<String> nearest(String name, Collection<String> known) {
        int allowed = Math.max(2, name.length() / 3);
        Optional<String> best = Optional.empty();
        int fewest = allowed + 1;
        for (String candidate : known.stream().sorted().toList()) {
            int edits = Nearest.edits(name, candidate);
            if (edits < fewest && edits < candidate.length()) {
                best = Optional.of(candidate);
                fewest = edits;
            }
        }
        return best;
    }
}
