package dev.touchstone.arena.practice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.arena.design.Breach;
import dev.touchstone.arena.design.FleetDesign;
import dev.touchstone.arena.design.FleetDesign.Lane;
import dev.touchstone.arena.design.TrialResult;
import dev.touchstone.arena.practice.Decision.Kind;
import dev.touchstone.llm.ElementType;
import dev.touchstone.llm.fleet.RouterConfig.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A design that was run within an attempt")
class TriedDesignTest {
    private static final Practice PRACTICE = Practice.builtIn();
    private static final Instant START = Instant.parse("2026-11-23T09:00:00Z");

    private final List<Event> events = new ArrayList<>();
    private Instant now = START;

    private ChallengeAttempt attempt() {
        return (ChallengeAttempt) PRACTICE.replay(events);
    }

    private Decision decide(Move move) {
        now = now.plusSeconds(10);
        return attempt().decide(move, now);
    }

    private void does(Move... moves) {
        for (Move move : moves) {
            if (decide(move) instanceof Decision.Accepted(Event event)) {
                events.add(event);
            } else {
                throw new AssertionError("%s is refused: %s".formatted(move, decide(move)));
            }
        }
    }

    private void writes(String numbers) {
        events.add(PRACTICE.start(Item.challenge("LLM"), 0, START, AttemptLimits.STANDARD));
        attempt().brief().form().stream()
                .filter(section -> section.input().isQuestion())
                .forEach(section -> does(save(section.id(), "1 " + section.unit())));
        does(save("text/numbers", numbers));
    }

    private static Move save(String section, String text) {
        return new Move.Save(section, text, Optional.empty());
    }

    private EvidenceGrade graded() {
        Map<String, Level> self = new HashMap<>();
        attempt().brief().rubric().forEach(each -> self.put(each.id(), Level.SENIOR));
        does(new Move.Submit(), new Move.OpenAnswer(), new Move.SelfGrade(self));
        return attempt().evidence().orElseThrow();
    }

    private static FleetDesign design(int gpus) {
        return new FleetDesign(gpus, 512, ElementType.FP16, Lane.NONE, Policy.BALANCED, false);
    }

    private static TrialResult result(int times, boolean kept, double dollars) {
        return new TrialResult(
                times,
                kept,
                kept ? 0.61 : 7.5,
                0.041,
                dollars,
                kept ? 0 : 0.3,
                0.4,
                kept
                        ? List.of()
                        : List.of(
                                new Breach(
                                        Breach.Kind.TTFT,
                                        Optional.of(Duration.ofSeconds(12)),
                                        7.5,
                                        0.8)));
    }

    private static Move.TryDesign tried(int gpus, boolean kept) {
        return new Move.TryDesign(
                design(gpus),
                List.of(result(1, kept, 0.06), result(3, false, 0.05), result(10, false, 0.05)));
    }

    private static List<String> found(EvidenceGrade grade) {
        return grade.facts().stream()
                .filter(fact -> fact.id().startsWith("ran-") && fact.quote().isPresent())
                .map(EvidenceGrade.Fact::id)
                .toList();
    }

    @Test
    void stays_with_the_attempt_with_what_came_of_it() {
        writes("We take 23 GPUs.");
        does(tried(5, false), tried(23, true));

        assertThat(attempt().designs())
                .extracting(each -> each.design().gpus())
                .containsExactly(5, 23);
        assertThat(attempt().designs().getLast().atLoad().ttftP95Seconds()).isEqualTo(0.61);
        assertThat(attempt().designs()).allMatch(TriedDesign::counts);
    }

    @Test
    void agrees_with_what_was_written_keeps_the_promise_and_costs_what_was_said() {
        writes("We take 23 H100 GPUs, at $0.06 for 1M tokens.");
        does(tried(5, false), tried(23, true), tried(40, true));

        EvidenceGrade grade = graded();
        assertThat(found(grade)).containsExactly("ran-gpus", "ran-promise", "ran-cost");
        assertThat(grade.reasons())
                .contains(
                        "Of 3 designs that were run, number 2, 23 GPUs, is the one you wrote down;"
                                + " under the challenge's load it keeps the promise.");
        Quote promise =
                grade.facts().stream()
                        .filter(fact -> fact.id().equals("ran-promise"))
                        .findFirst()
                        .flatMap(EvidenceGrade.Fact::quote)
                        .orElseThrow();
        assertThat(promise.section()).isEqualTo("design/2");
        assertThat(promise.text())
                .isEqualTo(
                        "run with 23 GPUs: first token 610 ms, then 41 ms a token at p95, $0.060 a million");
    }

    @Test
    void shows_that_the_fleet_written_down_is_another_one_or_breaks_the_promise() {
        writes("We take 5 GPUs, at $0.90 for 1M tokens.");
        does(tried(5, false));

        EvidenceGrade grade = graded();
        assertThat(found(grade)).containsExactly("ran-gpus");
        assertThat(grade.reasons())
                .contains(
                        "The design that was run, 5 GPUs, is the one you wrote down; under the"
                                + " challenge's load it breaks the promise, first tokens first.");
    }

    @Test
    void is_the_last_one_where_the_answer_gives_the_gpus_of_none() {
        writes("As many as it takes.");
        does(tried(23, true), tried(19, false));

        EvidenceGrade grade = graded();
        assertThat(found(grade)).isEmpty();
        assertThat(grade.reasons())
                .anyMatch(reason ->
                        reason.contains("number 2, 19 GPUs, is not the fleet you wrote down"));
    }

    @Test
    void is_no_duty() {
        writes("We take 23 GPUs.");

        EvidenceGrade grade = graded();
        assertThat(grade.facts()).noneMatch(fact -> fact.id().startsWith("ran-"));
        assertThat(grade.reasons()).noneMatch(reason -> reason.contains("run"));
    }

    @Test
    void is_kept_but_no_evidence_once_the_model_answer_is_open() {
        writes("We take 23 GPUs.");
        does(new Move.Submit(), new Move.OpenAnswer(), tried(23, true));

        assertThat(attempt().designs().getFirst().counts()).isFalse();
        Map<String, Level> self = new HashMap<>();
        attempt().brief().rubric().forEach(each -> self.put(each.id(), Level.SENIOR));
        does(new Move.SelfGrade(self));
        EvidenceGrade before = attempt().evidence().orElseThrow();
        assertThat(before.facts()).noneMatch(fact -> fact.id().startsWith("ran-"));
        does(tried(33, true));
        assertThat(attempt().evidence()).contains(before);
    }

    @Test
    void is_refused_where_nothing_can_be_run_or_the_attempt_is_over() {
        events.add(PRACTICE.start(Item.challenge("FEED"), 0, START, AttemptLimits.STANDARD));
        refused(tried(23, true), Kind.MALFORMED, "FEED has no fleet to run; LLM has");

        events.clear();
        writes("We take 23 GPUs.");
        refused(
                new Move.TryDesign(design(23), List.of(result(1, true, 0.06))),
                Kind.MALFORMED,
                "under [1, 3, 10] times the load, got [1]");
        for (int i = 0; i < Course.MAX_DESIGNS; i++) {
            does(tried(i + 1, false));
        }
        refused(tried(23, true), Kind.TOO_LATE, "20 designs are kept");
        graded();
        does(new Move.Reflect("I sized for the mean."));
        events.removeIf(event -> event.move() instanceof Move.TryDesign);
        refused(tried(23, true), Kind.TOO_LATE, "the attempt is finished");
    }

    private void refused(Move move, Kind kind, String reason) {
        Decision decision = decide(move);
        assertThat(decision).isInstanceOf(Decision.Refused.class);
        assertThat(((Decision.Refused) decision).kind()).isEqualTo(kind);
        assertThat(((Decision.Refused) decision).reason()).contains(reason);
    }
}
