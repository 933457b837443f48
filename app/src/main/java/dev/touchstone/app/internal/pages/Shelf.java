package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.practice.Due;
import dev.touchstone.app.internal.practice.PastAttempt;
import dev.touchstone.arena.practice.Brief;
import dev.touchstone.arena.practice.Face;
import dev.touchstone.arena.practice.Item;
import dev.touchstone.arena.practice.Outcome;
import dev.touchstone.arena.practice.Practice;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Things of one kind to practise, side by side.
///
/// @param about what they are, in a few words
public record Shelf(String id, String title, String about, List<Spine> spines) {
    public Shelf {
        spines = List.copyOf(spines);
    }

    /// One of them.
    ///
    /// @param state where it stands: `staff`, `due`; empty when it was never attempted
    /// @param level to colour it by
    public record Spine(
            String id, String title, String summary, String address, String state, String level) {}

    /// Whether titles say it all.
    public boolean terse() {
        return spines.stream().allMatch(spine -> spine.summary().isEmpty());
    }

    static List<Shelf> all(
            Practice practice, List<Due> schedule, List<PastAttempt> attempts, Instant now) {
        var shelves = new ArrayList<Shelf>();
        for (Brief.Kind kind : Brief.Kind.values()) {
            List<Spine> spines =
                    practice.challenges().stream()
                            .filter(brief -> brief.kind() == kind)
                            .map(brief ->
                                    new Spine(
                                            brief.id(),
                                            brief.title(),
                                            brief.summary(),
                                            "/challenges/" + brief.id(),
                                            state(brief.item(), schedule, attempts, now),
                                            level(brief.item(), attempts)))
                            .toList();
            if (!spines.isEmpty()) {
                shelves.add(new Shelf(kind.word(), title(kind), about(kind), spines));
            }
        }
        List<Spine> drills =
                practice.drills().stream()
                        .map(drill ->
                                new Spine(
                                        drill.id(),
                                        drill.title(),
                                        "",
                                        "/drill/" + drill.id(),
                                        state(drill.item(), schedule, attempts, now),
                                        "none"))
                        .toList();
        shelves.add(
                new Shelf(
                        "drill",
                        "Sizing drills",
                        "one number, 10 minutes, new ones for ever",
                        drills));
        shelves.add(cards(practice, schedule, now));
        return shelves;
    }

    /// The cards, topic by topic, and the errors to spot.
    private static Shelf cards(Practice practice, List<Due> schedule, Instant now) {
        Set<Item> due =
                schedule.stream()
                        .filter(each -> each.due().filter(at -> !now.isBefore(at)).isPresent())
                        .map(Due::item)
                        .collect(Collectors.toSet());
        Map<String, List<Face>> topics =
                practice.cards().stream()
                        .collect(
                                Collectors.groupingBy(
                                        Face::topic, LinkedHashMap::new, Collectors.toList()));
        var spines = new ArrayList<Spine>();
        topics.forEach((topic, faces) ->
                spines.add(
                        cards(
                                faces.size() + " cards",
                                faces.getFirst().topicTitle(),
                                "/cards/next?topic=" + topic,
                                faces,
                                due)));
        List<Face> errata = practice.errata();
        if (!errata.isEmpty()) {
            spines.add(
                    cards(
                            errata.size() + " errors",
                            "Spot the error",
                            "/cards#errata-title",
                            errata,
                            due));
        }
        long all = due.stream().filter(Shelf::isCard).count();
        return new Shelf("cards", "Cards", all + " due, a minute each", spines);
    }

    private static Spine cards(
            String chip, String title, String address, List<Face> faces, Set<Item> due) {
        long count = faces.stream().filter(face -> due.contains(face.item())).count();
        return new Spine(chip, title, "", address, count == 0 ? "" : count + " due", "none");
    }

    private static boolean isCard(Item item) {
        return item.kind() == Item.Kind.CARD || item.kind() == Item.Kind.ERRATUM;
    }

    private static String title(Brief.Kind kind) {
        return switch (kind) {
            case DESIGN -> "Design challenges";
            case WAR_ROOM -> "War rooms";
            case ON_CALL -> "On-call pages";
        };
    }

    private static String about(Brief.Kind kind) {
        return switch (kind) {
            case DESIGN -> "35 minutes, numbers first";
            case WAR_ROOM -> "20 minutes with the telemetry";
            case ON_CALL -> "15 minutes, and the first action counts most";
        };
    }

    private static String state(
            Item item, List<Due> schedule, List<PastAttempt> attempts, Instant now) {
        boolean due =
                schedule.stream()
                        .filter(each -> each.item().equals(item))
                        .flatMap(each -> each.due().stream())
                        .anyMatch(at -> !now.isBefore(at));
        return due
                ? "due"
                : newest(item, attempts)
                        .map(outcome ->
                                item.kind() == Item.Kind.DRILL
                                        ? Words.of(outcome.rating()).toLowerCase(Locale.ROOT)
                                        : outcome.level().word())
                        .orElse("");
    }

    private static String level(Item item, List<PastAttempt> attempts) {
        return newest(item, attempts).map(outcome -> outcome.level().word()).orElse("none");
    }

    private static Optional<Outcome> newest(Item item, List<PastAttempt> attempts) {
        return attempts.stream()
                .filter(attempt -> attempt.item().equals(item))
                .flatMap(attempt -> attempt.outcome().stream())
                .findFirst();
    }
}
