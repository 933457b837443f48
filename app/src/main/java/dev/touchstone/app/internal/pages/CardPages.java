package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.app.internal.http.Visitor;
import dev.touchstone.app.internal.practice.Due;
import dev.touchstone.app.internal.practice.PracticeDesk;
import dev.touchstone.arena.practice.Face;
import dev.touchstone.arena.practice.Item;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
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

    public CardPages(Kit kit, PracticeDesk desk) {
        this.assets = kit.assets();
        this.templates = kit.templates();
        this.desk = desk;
        this.clock = kit.clock();
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
        Map<Item, Instant> schedule = schedule(Visitor.profile(exchange));
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

    /// Goes on to a card: one that is due, the longest overdue first; else a new one. Only at the
    /// request of a person here: a page from elsewhere, or a browser that reads ahead, starts none.
    private void next(Exchange exchange) {
        String site = exchange.header("Sec-Fetch-Site").orElse("none");
        boolean ahead = exchange.header("Sec-Purpose").isPresent();
        if (ahead || !(site.equals("none") || site.equals("same-origin"))) {
            exchange.goTo("/cards");
            return;
        }
        String profile = Visitor.profile(exchange);
        Optional<String> topic = exchange.query("topic");
        Map<Item, Instant> schedule = schedule(profile);
        Stream<Face> all =
                Stream.concat(
                        desk.practice().cards().stream(),
                        // Errors come back when they are due; new ones are chosen from the list.
                        desk.practice().errata().stream().filter(face -> isDue(schedule, face)));
        List<Face> wanted =
                all.filter(face -> topic.map(face.topic()::equals).orElse(true)).toList();
        Optional<Face> next =
                schedule.keySet().stream() // the next first
                        .flatMap(item -> wanted.stream().filter(face -> face.item().equals(item)))
                        .findFirst()
                        .filter(face -> isDue(schedule, face))
                        .or(() ->
                                wanted.stream().filter(face -> isNew(schedule, face)).findFirst());
        if (next.isPresent()) {
            exchange.goTo("/attempts/" + desk.start(profile, next.get().item()).id());
        } else {
            Optional<String> when =
                    schedule.entrySet().stream()
                            .filter(entry -> entry.getKey().kind() == Item.Kind.CARD)
                            .map(entry -> Format.date(entry.getValue()))
                            .findFirst();
            exchange.sendHtml(
                    200, templates.render("nothingleft.jte", new NothingLeft(assets, when)));
        }
    }

    /// When each item is due, the next first.
    private Map<Item, Instant> schedule(String profile) {
        var schedule = new LinkedHashMap<Item, Instant>();
        for (Due due : desk.schedule(profile)) {
            due.due().ifPresent(at -> schedule.put(due.item(), at));
        }
        return schedule;
    }

    private boolean isDue(Map<Item, Instant> schedule, Face face) {
        return Optional.ofNullable(schedule.get(face.item()))
                .map(due -> !clock.instant().isBefore(due))
                .orElse(false);
    }

    private static boolean isNew(Map<Item, Instant> schedule, Face face) {
        return !schedule.containsKey(face.item());
    }

    private String state(Map<Item, Instant> schedule, Face face) {
        return Optional.ofNullable(schedule.get(face.item()))
                .map(due -> clock.instant().isBefore(due) ? "due " + Format.day(due) : "due")
                .orElse("new");
    }
}
