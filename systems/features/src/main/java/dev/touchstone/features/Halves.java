package dev.touchstone.features;

import dev.touchstone.features.internal.log.TooManyBytesException;
import java.io.IOException;
import java.util.List;

/// Long lists on their way into a history, of which one append holds only so many bytes.
final class Halves {
    private Halves() {}

    /// Takes all of some things, or none.
    interface Taker<T> {
        /// @throws TooManyBytesException when they are too large together; none was taken
        void take(List<T> some) throws IOException;
    }

    /// Has everything taken in its order: at once, or else in halves of halves.
    ///
    /// @throws TooManyBytesException when one alone is too large; those before it were taken
    static <T> void take(List<T> all, Taker<T> taker) throws IOException {
        try {
            taker.take(all);
        } catch (TooManyBytesException e) {
            if (all.size() < 2) {
                throw e;
            }
            int half = all.size() / 2;
            take(all.subList(0, half), taker);
            take(all.subList(half, all.size()), taker);
        }
    }
}
