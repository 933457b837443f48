package dev.touchstone.arena.practice;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Optional;

/// Something to practise, as it stands in stores and addresses: `challenge:FEED`, `drill:D3`,
/// `card:serving/kv-per-token`, `erratum:E12`.
///
/// @param id the content's own id; a card's is `topic/id`
public record Item(Kind kind, String id) {
    /// What kind of thing it is.
    public enum Kind {
        CHALLENGE,
        DRILL,
        CARD,
        ERRATUM;

        /// `challenge`, as in an item's text.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static Item challenge(String id) {
        return new Item(Kind.CHALLENGE, id);
    }

    public static Item drill(String id) {
        return new Item(Kind.DRILL, id);
    }

    public static Item card(String id) {
        return new Item(Kind.CARD, id);
    }

    public static Item erratum(String id) {
        return new Item(Kind.ERRATUM, id);
    }

    /// Reads an item's text. Whether there is such an item, [Practice#has] says.
    public static Optional<Item> parse(String text) {
        for (Kind kind : Kind.values()) {
            String prefix = kind.word() + ":";
            if (text.startsWith(prefix) && text.length() > prefix.length()) {
                return Optional.of(new Item(kind, text.substring(prefix.length())));
            }
        }
        return Optional.empty();
    }

    @JsonCreator
    public static Item of(String text) {
        return parse(text)
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "'%s' is no item; write it as challenge:FEED or card:topic/id"
                                        .formatted(text)));
    }

    @JsonValue
    @Override
    public String toString() {
        return kind.word() + ":" + id;
    }
}
