package dev.touchstone.llm.fleet.simulation;

import dev.touchstone.llm.replay.Trace;
import java.time.Duration;

/// Recorded requests at the times at which they came, whether the fleet keeps up or not.
///
/// @param speed 2 lets them come twice as fast as they once did
public record TraceLoad(Trace trace, double speed) implements Load {
    public TraceLoad {
        if (!(speed > 0) || speed > 1_000) {
            throw new IllegalArgumentException(
                    "speed must be above 0 and at most 1000, got " + speed);
        }
    }

    @Override
    public Duration span() {
        return Duration.ofNanos((long) (trace.span().toNanos() / speed));
    }
}
