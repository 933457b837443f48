package dev.touchstone.telemetry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Recordings at random times, and the windows in which an instrument must show them.
final class RandomRecordings {
    static final int MAX_WINDOWS = 8;

    /// One recording.
    record At(long nanos, long value, long count) {}

    /// One window, of which the part up to `endNanos` has elapsed.
    record Window(long startNanos, long endNanos, List<At> recordings) {
        double seconds() {
            return (endNanos - startNanos) / 1e9;
        }
    }

    final SplittableRandom random;
    final Telemetry telemetry;
    final List<At> recordings = new ArrayList<>();
    final long originNanos;
    final long latestNanos;

    RandomRecordings(long seed) {
        random = new SplittableRandom(seed);
        telemetry = new Telemetry(Duration.ofNanos(random.nextInt(1, 1000)), MAX_WINDOWS);
        long nowNanos = random.nextLong(-10_000, 10_000);
        originNanos = nowNanos;
        for (int i = random.nextInt(1, 400); i > 0; i--) {
            long value = random.nextLong(1L << random.nextInt(1, 40));
            recordings.add(new At(nowNanos, value, random.nextInt(1, 5)));
            nowNanos += random.nextBoolean() ? 0 : random.nextInt(random.nextInt(1, 2000));
        }
        latestNanos = nowNanos;
    }

    /// The windows to expect once all is recorded and time has come to `latestNanos`.
    List<Window> windows() {
        long windowNanos = telemetry.window().toNanos();
        List<Window> windows = new ArrayList<>();
        for (long start = originNanos; start <= latestNanos; start += windowNanos) {
            long from = start;
            long to = start + windowNanos;
            windows.add(
                    new Window(
                            from,
                            Math.min(to, latestNanos),
                            recordings.stream()
                                    .filter(at -> from <= at.nanos && at.nanos < to)
                                    .toList()));
        }
        return windows;
    }
}
