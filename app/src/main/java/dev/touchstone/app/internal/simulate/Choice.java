package dev.touchstone.app.internal.simulate;

import dev.touchstone.capacity.Nearest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The values that an option or a field knows, by the words that stand for them.
public final class Choice<T> {
    private final Map<String, T> values = new LinkedHashMap<>();

    /// Choices under a word of their own each.
    public static <T> Choice<T> of(Iterable<T> values, Function<T, String> word) {
        var choice = new Choice<T>();
        values.forEach(value -> choice.values.put(word.apply(value), value));
        return choice;
    }

    /// The words, in order.
    public List<String> words() {
        return List.copyOf(values.keySet());
    }

    /// The word that stands for a value.
    ///
    /// @throws IllegalArgumentException when none does
    public String word(T value) {
        return values.entrySet().stream()
                .filter(each -> each.getValue().equals(value))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no word stands for " + value));
    }

    /// The value that a word stands for.
    ///
    /// @param option by which it was given; may be empty
    /// @throws IllegalArgumentException naming the nearest word and all of them
    public T find(String option, String word) {
        T value = values.get(word);
        if (value == null) {
            String all = String.join(", ", values.keySet());
            throw new IllegalArgumentException(
                    "%s '%s' is not known; did you mean '%s'? There are: %s"
                            .formatted(option, word, nearest(word), all)
                            .strip());
        }
        return value;
    }

    /// A word that begins alike is meant before one that looks alike.
    private String nearest(String word) {
        String nearest = "";
        int least = Integer.MAX_VALUE;
        for (String known : values.keySet()) {
            int edits = !word.isEmpty() && known.startsWith(word) ? 0 : Nearest.edits(word, known);
            if (edits < least) {
                nearest = known;
                least = edits;
            }
        }
        return nearest;
    }
}
