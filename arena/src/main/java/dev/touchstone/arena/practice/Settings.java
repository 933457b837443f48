package dev.touchstone.arena.practice;

import java.time.Duration;

/// How long attempts take. What an attempt started with stays with it ([Move.Start]).
///
/// @param design time to write a design
/// @param warRoom time for a war room
/// @param onCall time for an on-call page
/// @param drill time for a drill
/// @param revision time to revise the answer after the first hint, once
/// @param tries answers to a drill that are judged
public record Settings(
        Duration design,
        Duration warRoom,
        Duration onCall,
        Duration drill,
        Duration revision,
        int tries) {
    /// 35, 20, 15 and 10 minutes; 5 minutes to revise; 3 tries.
    public static final Settings STANDARD =
            new Settings(
                    Duration.ofMinutes(35),
                    Duration.ofMinutes(20),
                    Duration.ofMinutes(15),
                    Duration.ofMinutes(10),
                    Duration.ofMinutes(5),
                    3);

    /// Rejects times that nobody can work in.
    public Settings {
        if (!design.isPositive()
                || !warRoom.isPositive()
                || !onCall.isPositive()
                || !drill.isPositive()
                || revision.isNegative()) {
            throw new IllegalArgumentException(
                    "times must be positive, got design %s, war room %s, on-call %s, drill %s, revision %s"
                            .formatted(design, warRoom, onCall, drill, revision));
        }
        if (tries < 1) {
            throw new IllegalArgumentException("tries must be at least 1, got " + tries);
        }
    }

    /// The time for a kind of challenge.
    public Duration time(Brief.Kind kind) {
        return switch (kind) {
            case DESIGN -> design;
            case WAR_ROOM -> warRoom;
            case ON_CALL -> onCall;
        };
    }
}
