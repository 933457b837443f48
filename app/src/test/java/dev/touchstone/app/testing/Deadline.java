package dev.touchstone.app.testing;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/// Waits for something that another thread brings about, but not for ever.
public final class Deadline {
    private static final Duration LONGEST = Duration.ofSeconds(40);

    private Deadline() {}

    /// Returns once it holds.
    ///
    /// @throws AssertionError when it still does not after long
    public static void await(String what, BooleanSupplier holds) {
        long deadline = System.nanoTime() + LONGEST.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain for: " + what);
            }
            Thread.onSpinWait();
        }
    }
}
