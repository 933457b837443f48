package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.http.DesignEndpoints;
import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Problem;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.app.internal.http.Visitor;
import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.practice.Commentator;
import dev.touchstone.app.internal.practice.MoveResult;
import dev.touchstone.app.internal.practice.PracticeDesk;
import dev.touchstone.app.internal.practice.Recordings;
import dev.touchstone.app.internal.practice.Sitting;
import dev.touchstone.app.internal.simulate.DesignOrder;
import dev.touchstone.app.internal.simulate.Run;
import dev.touchstone.app.internal.simulate.Simulations;
import dev.touchstone.app.internal.sizing.Verdict;
import dev.touchstone.arena.practice.CardAttempt;
import dev.touchstone.arena.practice.ChallengeAttempt;
import dev.touchstone.arena.practice.ChallengeAttempt.Phase;
import dev.touchstone.arena.practice.DrillAttempt;
import dev.touchstone.arena.practice.Item;
import dev.touchstone.arena.practice.Level;
import dev.touchstone.arena.practice.Move;
import dev.touchstone.arena.practice.Rating;
import dev.touchstone.arena.practice.Written;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// An attempt, whatever it is at: written, compared, graded, finished. Every button is a form, so
/// it works without scripts; with them, what is typed is saved as it is typed.
public final class AttemptPage {
    private static final String LEVEL = "level:";
    private static final String SURE = "sure:";

    private final String assets;
    private final Templates templates;
    private final PracticeDesk desk;
    private final Simulations simulations;
    private final Recordings recordings;
    private final Optional<Commentator> commentator;

    public AttemptPage(
            Kit kit,
            PracticeDesk desk,
            Simulations simulations,
            Recordings recordings,
            Optional<Commentator> commentator) {
        this.assets = kit.assets();
        this.templates = kit.templates();
        this.desk = desk;
        this.simulations = simulations;
        this.recordings = recordings;
        this.commentator = commentator;
    }

    public List<Route> routes() {
        return List.of(
                Route.post("/attempts", this::start),
                Route.get("/attempts/{attempt}", this::show),
                Route.post("/attempts/{attempt}", this::move));
    }

    private void start(Exchange exchange) {
        String text = Forms.text(exchange.form(), "item");
        Item item = Item.parse(text).orElseThrow(() -> Problem.unknown("item", text));
        exchange.goTo("/attempts/" + desk.start(Visitor.profile(exchange), item).id());
    }

    private void show(Exchange exchange) {
        Sitting sitting = desk.sitting(Visitor.profile(exchange), exchange.path("attempt"));
        exchange.sendHtml(200, render(sitting, Optional.empty(), List.of()));
    }

    private void move(Exchange exchange) {
        String profile = Visitor.profile(exchange);
        String id = exchange.path("attempt");
        Map<String, List<String>> form = exchange.form();
        List<Move> moves = moves(form, desk.sitting(profile, id));
        for (Move move : moves) {
            if (desk.move(profile, id, move) instanceof MoveResult.Refused refused) {
                exchange.sendHtml(
                        409, render(refused.sitting(), Optional.of(refused.reason()), List.of()));
                return;
            }
        }
        Sitting after = desk.sitting(profile, id);
        switch (Forms.text(form, "do")) {
            case "try-design" -> tryDesign(exchange, after, form);
            case "stop-design" -> {
                simulations.latest(id).ifPresent(Run::stop);
                exchange.goTo(designs(id));
            }
            default -> exchange.goTo(next(after, form));
        }
    }

    private void tryDesign(Exchange exchange, Sitting sitting, Map<String, List<String>> form) {
        Map<String, String> given = new LinkedHashMap<>();
        DesignPage.fields(DesignOrder.SLIDE)
                .forEach(field -> given.put(field.id(), Forms.text(form, field.id()).strip()));
        try {
            DesignEndpoints.start(simulations, desk, sitting, DesignPage.order(given));
            exchange.goTo(designs(sitting.id()));
        } catch (Json.Malformed e) {
            refuse(exchange, sitting, Problem.malformed(e), given);
        } catch (Problem e) {
            refuse(exchange, sitting, e, given);
        }
    }

    private void refuse(
            Exchange exchange, Sitting sitting, Problem problem, Map<String, String> given) {
        String field = problem.field().orElse("");
        String why = OrderField.reason(problem);
        exchange.sendHtml(
                problem.status(),
                render(
                        sitting,
                        Optional.of(why).filter(_ -> field.isEmpty()),
                        OrderField.refused(
                                DesignPage.fields(DesignOrder.SLIDE), given, field, why)));
    }

    private static String designs(String id) {
        return "/attempts/" + id + "#designs";
    }

    /// Where to go on: a card that was rated leads to the next one.
    private static String next(Sitting sitting, Map<String, List<String>> form) {
        boolean rated = sitting.attempt() instanceof CardAttempt card && card.outcome().isPresent();
        return rated && form.containsKey("session") ? "/cards/next" : "/attempts/" + sitting.id();
    }

    /// @param order the form of a design as somebody filled it in; empty for one to begin with
    private String render(Sitting sitting, Optional<String> said, List<OrderField> order) {
        return switch (sitting.attempt()) {
            case ChallengeAttempt attempt ->
                    templates.render(
                            "attempt.jte",
                            new AttemptView(
                                    assets,
                                    sitting,
                                    attempt,
                                    desk.limits().revision(),
                                    recordings.list(sitting.id()),
                                    commentator.map(model -> comments(model, sitting)),
                                    new DesignsView(
                                            sitting,
                                            attempt,
                                            order,
                                            simulations.latest(sitting.id())),
                                    said));
            case DrillAttempt attempt ->
                    templates.render(
                            "drillattempt.jte", new DrillView(assets, sitting, attempt, said));
            case CardAttempt attempt ->
                    templates.render(
                            "cardattempt.jte", new CardView(assets, sitting, attempt, said));
        };
    }

    private static AttemptView.Comments comments(Commentator commentator, Sitting sitting) {
        return new AttemptView.Comments(commentator.model(), commentator.kept(sitting.id()));
    }

    /// What the drill's page shows.
    public record DrillView(
            String assets, Sitting sitting, DrillAttempt attempt, Optional<String> said) {
        /// What the answers so far were worth, the newest first.
        public List<Verdict> verdicts() {
            return attempt.tries().reversed().stream()
                    .map(tried -> Verdict.of(tried.text(), tried.grade()))
                    .toList();
        }

        /// How the answer comes about, once it is over.
        public Optional<DerivationView> derivation() {
            return attempt.derivation()
                    .map(derivation -> DerivationView.ofDrill(derivation.sheet()));
        }
    }

    /// What the card's page shows.
    public record CardView(
            String assets, Sitting sitting, CardAttempt attempt, Optional<String> said) {}

    /// The moves that a button stands for: first what the form changes, then what the button does.
    private static List<Move> moves(Map<String, List<String>> form, Sitting sitting) {
        var moves = new ArrayList<Move>();
        String button = Forms.text(form, "do");
        if (sitting.attempt() instanceof ChallengeAttempt attempt && !button.equals("give-up")) {
            moves.addAll(saves(form, attempt, sitting));
        }
        switch (button) {
            case "save", "try-design", "stop-design" -> {}
            case "submit" -> moves.add(new Move.Submit());
            case "give-up" -> moves.add(new Move.GiveUp());
            case "open-hint" -> moves.add(new Move.OpenHint());
            case "open-answer" -> moves.add(new Move.OpenAnswer());
            case "annotate" ->
                    moves.add(
                            new Move.Annotate(
                                    Forms.text(form, "section"), Forms.text(form, "note").strip()));
            case "self-grade" -> moves.add(selfGrade(form));
            case "reflect" -> moves.add(new Move.Reflect(Forms.text(form, "sentence").strip()));
            case "turn" -> moves.addAll(turn(form));
            case "answer" ->
                    moves.add(
                            new Move.Answer(
                                    Forms.text(form, "answer").strip(),
                                    certainty(Forms.text(form, "sure"))));
            case "rate" -> moves.add(new Move.Rate(rating(Forms.text(form, "rating"))));
            default -> throw Problem.badField("do", "there is no move '%s'".formatted(button));
        }
        return moves;
    }

    private static List<Move> saves(
            Map<String, List<String>> form, ChallengeAttempt attempt, Sitting sitting) {
        Phase phase = attempt.phase(sitting.now());
        var saves = new ArrayList<Move>();
        if (phase != Phase.WRITING && phase != Phase.REVISING) {
            return saves;
        }
        attempt.brief()
                .form()
                .forEach(section -> {
                    if (!form.containsKey(section.id())) {
                        return;
                    }
                    String text = Forms.text(form, section.id()).replace("\r\n", "\n");
                    Optional<Integer> sure = certainty(Forms.text(form, SURE + section.id()));
                    Optional<Written> before = AttemptView.latest(attempt, section);
                    boolean same =
                            before.map(written ->
                                            written.text().equals(text)
                                                    && written.certainty().equals(sure))
                                    .orElse(text.isBlank());
                    if (!same) {
                        saves.add(new Move.Save(section.id(), text, sure));
                    }
                });
        return saves;
    }

    private static Move selfGrade(Map<String, List<String>> form) {
        var levels = new TreeMap<String, Level>();
        form.forEach((field, values) -> {
            if (field.startsWith(LEVEL)) {
                levels.put(
                        field.substring(LEVEL.length()),
                        word(Level.class, field, values.getFirst()));
            }
        });
        return new Move.SelfGrade(levels);
    }

    /// A card may be turned without having written anything.
    private static List<Move> turn(Map<String, List<String>> form) {
        String text = Forms.text(form, "answer").strip();
        return text.isEmpty()
                ? List.of(new Move.OpenAnswer())
                : List.of(
                        new Move.Answer(text, certainty(Forms.text(form, "sure"))),
                        new Move.OpenAnswer());
    }

    private static Rating rating(String text) {
        return word(Rating.class, "rating", text);
    }

    private static <E extends Enum<E>> E word(Class<E> type, String field, String text) {
        try {
            return Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException _) {
            throw Problem.badField(field, "there is no '%s'".formatted(text));
        }
    }

    private static Optional<Integer> certainty(String text) {
        return switch (text) {
            case "1", "2", "3" -> Optional.of(Integer.parseInt(text));
            case "" -> Optional.empty();
            default -> throw Problem.badField("sure", "'%s' is not 1, 2 or 3".formatted(text));
        };
    }
}
