package dev.touchstone.features.engines;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/// Bytes under keys, outside this process: where what a feature store serves may lie.
///
/// The history on the disk stays what is durable; a table can be made from it again at any time. So
/// it need not survive anything, but it must not lie: what a write has put is read by every later
/// read, or the read fails, or the whole table is older or empty.
///
/// A key is `GROUP` or `GROUP:REST`. A group is never older in one part than in another: a table
/// that lies on several machines keeps each group on one.
///
/// Used by many threads. A call that is not answered within a few seconds fails.
public interface OnlineTable extends Closeable {
    /// What stands under each key, empty where there is nothing: in one round trip.
    ///
    /// @throws IOException when the table does not answer
    List<byte[]> get(List<byte[]> keys) throws IOException;

    /// Writes; all is done when this returns. Several writes to one key are done in their order.
    ///
    /// @return how many bytes stand under the key of each write then
    /// @throws IOException when some may not have been done; to do them again must be harmless
    long[] write(List<Write> writes) throws IOException;

    /// Keys of a group whose time to be looked at has come, the earliest first.
    ///
    /// @param millis the present, in milliseconds since 1970
    /// @param most how many at most
    List<byte[]> due(byte[] group, long millis, int most) throws IOException;

    /// Removes everything of a group, but for what stands under its name.
    void clear(byte[] group) throws IOException;

    /// Whether the table may have dropped single keys since the last call; the first time, ever.
    ///
    /// @throws IOException when it would drop some, as it is set now; with the cure
    boolean hasDropped() throws IOException;

    /// The table's address, for messages; never with a password.
    String where();

    /// One write.
    ///
    /// @param appends whether the bytes go behind those that are there, or replace them
    /// @param dueMillis when the key wants to be looked at, in milliseconds since 1970, unless it
    ///   is due later anyway; [#NEVER], or [#AS_BEFORE]
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Write(byte[] key, byte[] bytes, boolean appends, long dueMillis) {
        /// The key need not be looked at any more.
        public static final long NEVER = -1;

        /// When the key is due stays as it is.
        public static final long AS_BEFORE = -2;
    }
}
