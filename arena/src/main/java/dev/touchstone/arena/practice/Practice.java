package dev.touchstone.arena.practice;

import dev.touchstone.arena.ContentException;
import dev.touchstone.arena.internal.Names;
import dev.touchstone.arena.internal.practice.Challenge;
import dev.touchstone.arena.internal.practice.Flashcard;
import dev.touchstone.arena.internal.practice.content.Library;
import dev.touchstone.capacity.drill.Drills;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Everything there is to practise, read from data files and checked. Immutable.
public final class Practice {
    /// A file that is always there, to find the others by.
    private static final String LANDMARK = "challenge.schema.json";

    private final Map<String, Challenge> challenges = new LinkedHashMap<>();
    private final Map<Item, Flashcard> cards = new LinkedHashMap<>();
    private final List<Framework> frameworks;
    private final List<Drilling> drills =
            Drills.ids().stream().map(id -> new Drilling(id, Drills.title(id))).toList();

    private Practice(Library library) {
        for (Challenge challenge : library.challenges()) {
            if (challenges.putIfAbsent(challenge.brief().id(), challenge) != null) {
                throw taken(challenge.brief().item());
            }
        }
        Stream.concat(library.cards().stream(), library.errata().stream())
                .forEach(card -> {
                    if (cards.putIfAbsent(card.face().item(), card) != null) {
                        throw taken(card.face().item());
                    }
                });
        frameworks = library.frameworks();
    }

    private static ContentException taken(Item item) {
        return new ContentException(
                "%s stands in two files; give every one an id of its own".formatted(item));
    }

    /// The content that ships with Touchstone.
    ///
    /// @throws ContentException when a file does not fit its schema or contradicts itself
    public static Practice builtIn() {
        URL landmark = Practice.class.getResource(LANDMARK);
        if (landmark == null) {
            throw new IllegalStateException(
                    "the build lacks %s; package src/main/resources".formatted(LANDMARK));
        }
        try {
            URI place = landmark.toURI();
            if (!place.getScheme().equals("jar")) {
                return load(Path.of(place).resolveSibling(""));
            }
            String[] parts = place.toString().split("!", 2);
            try (FileSystem jar = FileSystems.newFileSystem(URI.create(parts[0]), Map.of())) {
                return load(jar.getPath(parts[1]).resolveSibling(""));
            }
        } catch (IOException | URISyntaxException e) {
            throw new ContentException("cannot read the built-in content: " + e.getMessage(), e);
        }
    }

    /// The content of a directory, laid out as the built-in one: `challenges/*.yaml`,
    /// `cards/*.yaml`, `frameworks/*.yaml` and `errata.yaml`, any of which may be missing.
    ///
    /// @throws ContentException with file, field and cure
    public static Practice load(Path directory) {
        return new Practice(Library.read(directory));
    }

    /// All challenges: designs, then war rooms, then on-call pages.
    public List<Brief> challenges() {
        return challenges.values().stream()
                .map(Challenge::brief)
                .sorted(Comparator.comparing(Brief::kind))
                .toList();
    }

    public Optional<Brief> challenge(String id) {
        return Optional.ofNullable(challenges.get(id)).map(Challenge::brief);
    }

    /// All flash cards, topic by topic.
    public List<Face> cards() {
        return faces(Item.Kind.CARD);
    }

    /// All errors to spot.
    public List<Face> errata() {
        return faces(Item.Kind.ERRATUM);
    }

    private List<Face> faces(Item.Kind kind) {
        return cards.values().stream()
                .map(Flashcard::face)
                .filter(face -> face.item().kind() == kind)
                .toList();
    }

    public List<Framework> frameworks() {
        return frameworks;
    }

    /// The kinds of drill: D1 to D8.
    public List<Drilling> drills() {
        return drills;
    }

    /// Everything that can be attempted and scheduled.
    public List<Item> items() {
        var items = new ArrayList<Item>();
        challenges().forEach(brief -> items.add(brief.item()));
        drills.forEach(drill -> items.add(drill.item()));
        items.addAll(cards.keySet());
        return items;
    }

    public boolean has(Item item) {
        return switch (item.kind()) {
            case CHALLENGE -> challenges.containsKey(item.id());
            case DRILL -> drills.stream().anyMatch(drill -> drill.id().equals(item.id()));
            case CARD, ERRATUM -> cards.containsKey(item);
        };
    }

    /// A few words for a list: a title, or the question of a card.
    ///
    /// @throws IllegalArgumentException when there is no such item
    public String title(Item item) {
        check(item);
        return switch (item.kind()) {
            case CHALLENGE -> known(challenges, item.id()).brief().title();
            case DRILL -> Drills.title(item.id());
            case CARD -> known(cards, item).face().ask();
            case ERRATUM -> known(cards, item).face().claim();
        };
    }

    /// The first event of a new attempt.
    ///
    /// @param seed decides a drill's numbers; without effect elsewhere
    /// @throws IllegalArgumentException when there is no such item
    public Event start(Item item, long seed, Instant now, AttemptLimits limits) {
        check(item);
        Move.Start start =
                switch (item.kind()) {
                    case CHALLENGE ->
                            new Move.Start(
                                    item,
                                    0,
                                    limits.time(known(challenges, item.id()).brief().kind()),
                                    limits.revision(),
                                    0);
                    case DRILL ->
                            new Move.Start(
                                    item, seed, limits.drill(), Duration.ZERO, limits.tries());
                    case CARD, ERRATUM -> new Move.Start(item, 0, Duration.ZERO, Duration.ZERO, 0);
                };
        return new Event(now, start);
    }

    /// The attempt that these events made.
    ///
    /// @param events from the first, a [Move.Start]
    /// @throws IllegalArgumentException when one of them is refused at its place, or there is no
    ///   such item
    public Attempt replay(List<Event> events) {
        if (events.isEmpty() || !(events.getFirst().move() instanceof Move.Start start)) {
            throw new IllegalArgumentException("an attempt begins with a start, got " + events);
        }
        Item item = start.item();
        check(item);
        return switch (item.kind()) {
            case CHALLENGE -> ChallengeAttempt.replay(known(challenges, item.id()), start, events);
            case DRILL ->
                    replay(
                            DrillAttempt.started(
                                    Drills.drill(item.id(), start.seed()),
                                    start,
                                    events.getFirst()),
                            events);
            case CARD, ERRATUM ->
                    replay(CardAttempt.started(known(cards, item), events.getFirst()), events);
        };
    }

    private static Attempt replay(Attempt started, List<Event> events) {
        Attempt attempt = started;
        for (Event event : events.subList(1, events.size())) {
            attempt = attempt.apply(event);
        }
        return attempt;
    }

    /// The schedule that an item is under.
    public static Fsrs schedule(Item item) {
        return switch (item.kind()) {
            case CHALLENGE, DRILL -> Fsrs.challenges();
            case CARD, ERRATUM -> Fsrs.cards();
        };
    }

    /// Dimensions without gain in the last two re-attempts: time to read up on them. A dimension at
    /// its ceiling, [Level#PRINCIPAL], is not among them.
    ///
    /// @param outcomes of one challenge, oldest first
    public static List<String> stuck(List<Outcome> outcomes) {
        return Plateau.dimensions(outcomes);
    }

    private void check(Item item) {
        if (!has(item)) {
            throw new IllegalArgumentException(
                    "there is no %s '%s'; %s"
                            .formatted(
                                    item.kind().word(),
                                    item.id(),
                                    Names.hint(
                                            item.id(),
                                            items().stream()
                                                    .filter(known -> known.kind() == item.kind())
                                                    .map(Item::id)
                                                    .toList())));
        }
    }

    private static <K, V> V known(Map<K, V> map, K key) {
        return Optional.ofNullable(map.get(key)).orElseThrow();
    }
}
