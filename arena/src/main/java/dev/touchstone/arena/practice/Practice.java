package dev.touchstone.arena.practice;

import dev.touchstone.arena.ContentException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Everything there is to practise, read from data files and checked. Immutable.
@SuppressWarnings({"DoNotCallSuggester", "UnusedVariable", "InlineMeSuggester"})
public final class Practice {
    private Practice() {}

    /// The content that ships with Touchstone.
    ///
    /// @throws ContentException when a file does not fit its schema or contradicts itself
    public static Practice builtIn() {
        throw new UnsupportedOperationException();
    }

    /// The content of a directory, laid out as the built-in one: `challenges/*.yaml`,
    /// `cards/*.yaml`, `frameworks/*.yaml` and `errata.yaml`, any of which may be missing.
    ///
    /// @throws ContentException with file, field and cure
    public static Practice load(Path directory) {
        throw new UnsupportedOperationException();
    }

    /// All challenges: designs, war rooms, on-call pages.
    public List<Brief> challenges() {
        throw new UnsupportedOperationException();
    }

    public Optional<Brief> challenge(String id) {
        throw new UnsupportedOperationException();
    }

    /// All flash cards, topic by topic.
    public List<Face> cards() {
        throw new UnsupportedOperationException();
    }

    /// All errors to spot.
    public List<Face> errata() {
        throw new UnsupportedOperationException();
    }

    public List<Framework> frameworks() {
        throw new UnsupportedOperationException();
    }

    /// The kinds of drill: D1 to D8.
    public List<Drilling> drills() {
        throw new UnsupportedOperationException();
    }

    /// Everything that can be attempted and scheduled.
    public List<Item> items() {
        throw new UnsupportedOperationException();
    }

    public boolean has(Item item) {
        throw new UnsupportedOperationException();
    }

    /// A few words for a list.
    ///
    /// @throws IllegalArgumentException when there is no such item
    public String title(Item item) {
        throw new UnsupportedOperationException();
    }

    /// The first event of a new attempt.
    ///
    /// @param seed decides a drill's numbers; without effect elsewhere
    /// @throws IllegalArgumentException when there is no such item
    public Event start(Item item, long seed, Instant now, Settings settings) {
        throw new UnsupportedOperationException();
    }

    /// The attempt that these events made.
    ///
    /// @param events from the first, a [Move.Start]
    /// @throws IllegalArgumentException when one of them is refused at its place, or there is no
    ///   such item
    public Attempt replay(List<Event> events) {
        throw new UnsupportedOperationException();
    }

    /// The schedule that an item is under.
    public static Fsrs schedule(Item item) {
        throw new UnsupportedOperationException();
    }

    /// Dimensions without gain in the last two re-attempts: time to read up on them.
    ///
    /// @param outcomes of one challenge, oldest first
    public static List<String> stuck(List<Outcome> outcomes) {
        throw new UnsupportedOperationException();
    }
}
