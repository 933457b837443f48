package dev.touchstone.app.internal.practice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.arena.practice.AttemptLimits;
import dev.touchstone.arena.practice.Item;
import dev.touchstone.arena.practice.Level;
import dev.touchstone.arena.practice.Move;
import dev.touchstone.arena.practice.Practice;
import dev.touchstone.arena.practice.Rating;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// A desk over the arena's toy content, with a clock to turn and ids that count.
final class ToyDesk implements AutoCloseable {
    static final Practice TOY = Practice.load(Path.of("../arena/src/test/resources/practice"));
    static final String ME = Profile.DEFAULT;
    static final Item PHOTOS = Item.challenge("TOY");
    static final Item CARD = Item.card("storage/photos");

    final PracticeDesk desk;
    Instant now;
    private int ids;

    private ToyDesk(Path data, Instant now, int ids) throws IOException {
        this.now = now;
        this.ids = ids;
        this.desk =
                PracticeDesk.open(
                        data,
                        TOY,
                        AttemptLimits.STANDARD,
                        () -> this.now,
                        () -> "%06x".formatted(++this.ids));
    }

    static ToyDesk open(Path data) throws IOException {
        return new ToyDesk(data, Instant.parse("2026-11-23T09:00:00Z"), 0);
    }

    /// The same desk after a restart.
    ToyDesk reopen(Path data) throws IOException {
        desk.close();
        return new ToyDesk(data, now, ids);
    }

    ToyDesk waits(Duration time) {
        now = now.plus(time);
        return this;
    }

    Sitting does(String id, Move... moves) {
        for (Move move : moves) {
            assertThat(desk.move(ME, id, move))
                    .as("%s", move)
                    .isInstanceOf(MoveResult.Accepted.class);
        }
        return desk.sitting(ME, id);
    }

    static Move save(String section, String text) {
        return new Move.Save(section, text, Optional.empty());
    }

    /// From the first word to the review date.
    Sitting finishes(Item challenge, String answer) {
        String id = desk.start(ME, challenge).id();
        return does(
                id,
                new Move.Save("question/load", "347", Optional.of(3)),
                save("question/bytes", "2 MB"),
                save("question/total", "20 TB"),
                save("question/share", "50 %"),
                save("text/skeleton", answer),
                new Move.Submit(),
                new Move.OpenAnswer(),
                new Move.SelfGrade(Map.of("numbers", Level.STAFF, "durability", Level.STAFF)),
                new Move.Reflect("The zones."));
    }

    Sitting rates(Item card, Rating rating) {
        String id = desk.start(ME, card).id();
        return does(id, new Move.OpenAnswer(), new Move.Rate(rating));
    }

    @Override
    public void close() throws IOException {
        desk.close();
    }
}
