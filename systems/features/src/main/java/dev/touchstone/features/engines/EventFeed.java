package dev.touchstone.features.engines;

import dev.touchstone.features.FeatureRow;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Events that come by themselves, each at a position in some part of the source. Used by one
/// thread.
///
/// How far each part has been read is kept by who reads, with the rows. A feed asks for it when it
/// begins with a part.
public interface EventFeed extends Closeable {
    /// Waits for the next events, not longer than told; none when there are none.
    ///
    /// @throws IOException when the source cannot be read now, or no more; may be tried again
    List<Message> poll(Duration atMost) throws IOException;

    /// Begins again at the positions that are kept: what was polled since was not.
    void rewind() throws IOException;

    /// How many events are there that have not been polled, as far as known.
    long behind();

    /// How many events were gone before they could be read.
    long lost();

    /// The parts that have more than was polled, where parts are read beside one another; nothing
    /// where one is read after the other.
    default Optional<Set<String>> backlog() {
        return Optional.empty();
    }

    /// These parts are ahead of the others and need not be polled until told otherwise; others are.
    default void pause(Set<String> parts) {}

    /// How far each part has been read.
    interface Positions {
        /// The position that comes next in a part; 0 for a new one.
        long next(String part);

        /// The parts that have been read, those among them too that are not there any more.
        default Set<String> parts() {
            return Set.of();
        }
    }

    /// Something that the source gives.
    sealed interface Message {
        /// Which part of the source it is from: a partition, a file.
        String part();

        /// Its place there.
        long position();

        /// The position to go on from when this is done; more than [#position].
        long next();
    }

    /// An event as JSON.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Json(String part, long position, byte[] bytes) implements Message {
        @Override
        public long next() {
            return position + 1;
        }
    }

    /// A row that has been read already.
    record Row(String part, long position, FeatureRow row) implements Message {
        @Override
        public long next() {
            return position + 1;
        }
    }

    /// Something that is no event.
    record Bad(String part, long position, String what, String why) implements Message {
        @Override
        public long next() {
            return position + 1;
        }
    }

    /// The end of a part: nothing comes there any more.
    record End(String part, long position, long next) implements Message {}
}
