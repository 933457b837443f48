package dev.touchstone.features.internal.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/// A folder, and what may be relied on when the power fails: bytes of a file after its
/// [Appender#force], names after [#force]. A name changes as a whole or not at all.
public interface Disk extends DiskFiles, Closeable {
    /// Opens a file for appending, empty if it is new.
    Appender append(String name) throws IOException;

    /// Gives a file another name, in place of the file that had it.
    void rename(String from, String to) throws IOException;

    void delete(String name) throws IOException;

    /// Makes names durable: creations, renamings and deletions so far.
    void force() throws IOException;

    /// A file that grows at its end.
    interface Appender extends Closeable {
        /// Writes all remaining bytes.
        void write(ByteBuffer bytes) throws IOException;

        /// Makes the bytes durable.
        void force() throws IOException;

        /// Cuts the file off and makes that durable.
        void truncate(long size) throws IOException;

        long size() throws IOException;
    }
}
