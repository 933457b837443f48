package dev.touchstone.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waits for what another thread is about to do.
public final class Eventually {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(1);
    private static final Duration LOOK_NOW_AND_THEN = Duration.ofMillis(200);

    private Eventually() {}

    /// Returns as soon as it holds.
    ///
    /// @throws AssertionError when it does not within half a minute
    public static void holds(BooleanSupplier condition) {
        holds("it", condition);
    }

    /// Returns as soon as what is named holds.
    ///
    /// @throws AssertionError when it does not within half a minute
    public static void holds(String what, BooleanSupplier condition) {
        wait(what, condition, PATIENCE, LOOK_AGAIN);
    }

    /// Returns when what is named holds, which is expected to take long: it is looked for now and
    /// then, so that looking does not delay it.
    ///
    /// @throws AssertionError when it does not within `patience`
    public static void within(Duration patience, String what, BooleanSupplier condition) {
        wait(what, condition, patience, LOOK_NOW_AND_THEN);
    }

    private static void wait(
            String what, BooleanSupplier condition, Duration patience, Duration lookAgain) {
        long end = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        "%s did not come about within %s".formatted(what, patience));
            }
            LockSupport.parkNanos(lookAgain.toNanos());
        }
    }
}
