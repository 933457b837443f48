package dev.touchstone.app.internal.practice;

import dev.touchstone.arena.practice.AttemptLimits;
import dev.touchstone.arena.practice.Item;
import dev.touchstone.arena.practice.Move;
import dev.touchstone.arena.practice.Practice;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/// A process of its own that types without end and says what was acknowledged; to be killed.
public final class PracticeProcess {
    private PracticeProcess() {}

    /// @param arguments the data directory, the content's directory
    public static void main(String[] arguments) throws Exception {
        Practice practice = Practice.load(Path.of(arguments[1]));
        var desk =
                PracticeDesk.open(
                        Path.of(arguments[0]),
                        practice,
                        AttemptLimits.STANDARD,
                        () -> Instant.parse("2026-11-23T09:00:00Z"),
                        () -> "0000a1");
        Sitting sitting = desk.start(Profile.DEFAULT, Item.challenge("TOY"));
        System.out.println("attempt " + sitting.id());
        for (int i = 0; ; i++) {
            MoveResult result =
                    desk.move(
                            Profile.DEFAULT,
                            sitting.id(),
                            new Move.Save("text/skeleton", "draft " + i, Optional.empty()));
            if (result instanceof MoveResult.Accepted) {
                System.out.println("saved " + i);
            }
        }
    }
}
