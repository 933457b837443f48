package dev.touchstone.arena.practice;

import java.time.Duration;
import java.util.List;

/// How long attempts take. What an attempt started with stays with it ([Move.Start]).
///
/// @param design time to write a design
/// @param warRoom time for a war room
/// @param onCall time for an on-call page
/// @param drill time for a drill
/// @param revision time to revise the answer after the first hint, once
/// @param tries answers to a drill that are judged
public record AttemptLimits(
        Duration design,
        Duration warRoom,
        Duration onCall,
        Duration drill,
        Duration revision,
        int tries) {
    private static final Duration LONGEST = Duration.ofDays(1);

    /// 35, 20, 15 and 10 minutes; 5 minutes to revise; 3 tries.
    public static final AttemptLimits STANDARD =
            new AttemptLimits(
                    Duration.ofMinutes(35),
                    Duration.ofMinutes(20),
                    Duration.ofMinutes(15),
                    Duration.ofMinutes(10),
                    Duration.ofMinutes(5),
                    3);

    /// Rejects times that nobody can work in; only the revision may be none at all.
    public AttemptLimits {
        for (Duration time : List.of(design, warRoom, onCall, drill, revision)) {
            if (time.isNegative() || time.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(
                        "times lie between 0 and %s, got %s".formatted(LONGEST, time));
            }
        }
        for (Duration time : List.of(design, warRoom, onCall, drill)) {
            if (time.isZero()) {
                throw new IllegalArgumentException(
                        "nobody can work in no time, got design %s, war room %s, on-call %s, drill %s"
                                .formatted(design, warRoom, onCall, drill));
            }
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
