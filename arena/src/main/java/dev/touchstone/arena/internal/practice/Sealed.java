package dev.touchstone.arena.internal.practice;

import dev.touchstone.arena.practice.Key;
import java.util.function.Predicate;

/// Content that is given out for a fitting key only.
public final class Sealed<T> {
    private final T content;
    private final Predicate<Key> lock;

    private Sealed(T content, Predicate<Key> lock) {
        this.content = content;
        this.lock = lock;
    }

    public static <T> Sealed<T> of(T content, Predicate<Key> lock) {
        return new Sealed<>(content, lock);
    }

    /// @throws IllegalStateException when the key does not fit
    public T open(Key key) {
        if (!lock.test(key)) {
            throw new IllegalStateException(
                    "the attempt has not unlocked this; ask it for its phase first");
        }
        return content;
    }

    /// Says nothing of the content, so that no log and no page can.
    @Override
    public String toString() {
        return "sealed";
    }
}
