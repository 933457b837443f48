package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.app.internal.practice.Due;
import dev.touchstone.app.internal.practice.PracticeDesk;
import dev.touchstone.arena.practice.Face;
import dev.touchstone.arena.practice.Item;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Flash cards and errors to spot: the overview, and which one comes next.
public final class CardPages {
    private final String assets;
    private final Templates templates;
    private final PracticeDesk desk;
    private final InstantSource clock;

    public CardPages(Kit kit) {
        assets = kit.assets();
        templates = kit.templates();
        desk = kit.desk();
        clock = kit.clock();
    }

    public List<Route> routes() {
        return List.of(Route.get("/cards", this::overview), Route.get("/cards/next", this::next));
    }

    /// What the overview shows.
    ///
    /// @param fresh cards never attempted
    public record Overview(
            String assets, long due, long fresh, List<Topic> topics, List<Erratum> errata) {}

    /// The cards of a topic.
    public record Topic(String id, String title, int cards, long due, long fresh) {}

    /// An error to spot.
    ///
    /// @param state when it is due, in a few words
    public record Erratum(Face face, String state) {}

    /// What the page between two cards shows when there is none left.
    public record NothingLeft(String assets, Optional<String> next) {}

    private void overview(Exchange exchange) {
        Map<Item, Due> schedule = schedule(Visitor.profile(exchange));
        List<Face> cards = desk.practice().cards();
        Map<String, List<Face>> byTopic =
                cards.stream()
                        .collect(
                                Collectors.groupingBy(
                                        Face::topic, LinkedHashMap::new, Collectors.toList()));
        var topics = new ArrayList<Topic>();
        byTopic.forEach((id, faces) ->
                topics.add(
                        new Topic(
                                id,
                                faces.getFirst().topicTitle(),
                                faces.size(),
                                faces.stream().filter(face -> isDue(schedule, face)).count(),
                                faces.stream().filter(face -> isNew(schedule, face)).count())));
        exchange.sendHtml(
                200,
                templates.render(
                        "cards.jte",
                        new Overview(
                                assets,
                                cards.stream().filter(face -> isDue(schedule, face)).count(),
                                cards.stream().filter(face -> isNew(schedule, face)).count(),
                                topics,
                                desk.practice().errata().stream()
                                        .map(face -> new Erratum(face, state(schedule, face)))
                                        .toList())));
    }

    /// Goes on to a card: one that is due, the longest overdue first; else a new one.
    private void next(Exchange exchange) {
        String profile = Visitor.profile(exchange);
        Optional<String> topic = exchange.query("topic");
        Map<Item, Due> schedule = schedule(profile);
        Stream<Face> all =
                Stream.concat(
                        desk.practice().cards().stream(),
                        // Errors come back when they are due; new ones are chosen from the list.
                        desk.practice().errata().stream().filter(face -> isDue(schedule, face)));
        List<Face> wanted =
                all.filter(face -> topic.map(face.topic()::equals).orElse(true)).toList();
        Optional<Face> next =
                wanted.stream()
                        .filter(face -> isDue(schedule, face))
                        .min(
                                Comparator.comparing(
                                        (Face face) ->
                                                schedule.get(face.item()).due().orElseThrow()))
                        .or(() ->
                                wanted.stream().filter(face -> isNew(schedule, face)).findFirst());
        if (next.isPresent()) {
            exchange.goTo("/attempts/" + desk.start(profile, next.get().item()).id());
        } else {
            Optional<String> when =
                    schedule.values().stream()
                            .filter(due ->
                                    due.item().kind() == Item.Kind.CARD
                                            || due.item().kind() == Item.Kind.ERRATUM)
                            .flatMap(due -> due.due().stream())
                            .min(Instant::compareTo)
                            .map(Format::date);
            exchange.sendHtml(
                    200, templates.render("nothingleft.jte", new NothingLeft(assets, when)));
        }
    }

    private Map<Item, Due> schedule(String profile) {
        return desk.schedule(profile).stream()
                .collect(Collectors.toMap(Due::item, due -> due, (a, _) -> a, LinkedHashMap::new));
    }

    private boolean isDue(Map<Item, Due> schedule, Face face) {
        return Optional.ofNullable(schedule.get(face.item()))
                .flatMap(Due::due)
                .map(due -> !clock.instant().isBefore(due))
                .orElse(false);
    }

    private static boolean isNew(Map<Item, Due> schedule, Face face) {
        return !schedule.containsKey(face.item());
    }

    private String state(Map<Item, Due> schedule, Face face) {
        if (isNew(schedule, face)) {
            return "new";
        }
        return isDue(schedule, face)
                ? "due"
                : "due " + Format.day(schedule.get(face.item()).due().orElseThrow());
    }
}
