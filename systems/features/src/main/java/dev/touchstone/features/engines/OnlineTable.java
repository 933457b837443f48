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

    /// Removes everything under keys that begin so.
    void clear(byte[] prefix) throws IOException;

    /// The table's address, for messages; never with a password.
    String where();

    /// One write.
    ///
    /// @param appends whether the bytes go behind those that are there, or replace them
    /// @param keepMillis how much longer the key is needed at least, [#FOREVER], or [#AS_BEFORE];
    ///   never shortens what an earlier write said
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Write(byte[] key, byte[] bytes, boolean appends, long keepMillis) {
        /// The key stays.
        public static final long FOREVER = -1;

        /// The key stays as long as it would have.
        public static final long AS_BEFORE = -2;
    }
}
