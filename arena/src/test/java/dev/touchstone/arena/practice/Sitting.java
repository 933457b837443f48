package dev.touchstone.arena.practice;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A person with an attempt and a clock.
final class Sitting {
    static final Practice TOY = Practice.load(Path.of("src/test/resources/practice"));
    static final Instant START = Instant.parse("2026-11-23T09:00:00Z");

    final List<Event> events = new ArrayList<>();
    Instant now = START;

    Sitting(Item item) {
        events.add(TOY.start(item, 0, now, AttemptLimits.STANDARD));
    }

    static Sitting at(String challenge) {
        return new Sitting(Item.challenge(challenge));
    }

    Attempt attempt() {
        return TOY.replay(events);
    }

    ChallengeAttempt challenge() {
        return (ChallengeAttempt) attempt();
    }

    ChallengeAttempt.Phase phase() {
        return challenge().phase(now);
    }

    Decision attemptTo(Move move) {
        Decision decision = attempt().decide(move, now);
        if (decision instanceof Decision.Accepted(Event event)) {
            events.add(event);
        }
        return decision;
    }

    Sitting does(Move... moves) {
        for (Move move : moves) {
            assertThat(attemptTo(move)).isInstanceOf(Decision.Accepted.class);
        }
        return this;
    }

    Sitting isRefused(Move move, Decision.Kind kind, String reason) {
        Decision decision = attemptTo(move);
        assertThat(decision).as("%s", move).isInstanceOf(Decision.Refused.class);
        var refused = (Decision.Refused) decision;
        assertThat(refused.kind()).as(refused.reason()).isEqualTo(kind);
        assertThat(refused.reason()).contains(reason);
        return this;
    }

    Sitting waits(Duration time) {
        now = now.plus(time);
        return this;
    }

    Sitting waitsMinutes(long minutes) {
        return waits(Duration.ofMinutes(minutes));
    }

    /// Answers the questions of TOY, rightly, and writes a little.
    Sitting writes() {
        return does(
                save("question/load", "347 request/s"),
                save("question/bytes", "2 MB"),
                save("question/total", "20 TB"),
                save("question/share", "50"),
                save("text/skeleton", "A write-ahead log before an object store."));
    }

    /// Goes all the way to the evidence.
    Sitting isGraded() {
        return does(
                new Move.Submit(),
                new Move.OpenAnswer(),
                new Move.SelfGrade(Map.of("numbers", Level.STAFF, "durability", Level.JUNIOR)));
    }

    static Move.Save save(String section, String text) {
        return new Move.Save(section, text, Optional.empty());
    }

    static Move.Save save(String section, String text, int certainty) {
        return new Move.Save(section, text, Optional.of(certainty));
    }
}
