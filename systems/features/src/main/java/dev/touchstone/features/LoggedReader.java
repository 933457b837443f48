package dev.touchstone.features;

import java.io.IOException;

/// Reads a fixed list of features and remembers what it gave: made by [FeatureStore#reader].
///
/// ```java
/// LoggedReader fraud = store.reader(List.of("account.balance", "card.*"), nowNanos);
/// OnlineRow row = fraud.features().row();
/// OnlineKeys keys = fraud.features().keys().set(0, EntityKey.of("a-17"));
/// long asOf = fraud.read("request-4711", keys, nowNanos, row);
/// ```
///
/// A label that names the row id is then given just what was served. Records wait in memory for
/// [ServedLog#flush]. Safe to share between threads; a row is not.
public final class LoggedReader {
    private final OnlineReader reader;
    private final ServedLog log;

    LoggedReader(OnlineReader reader, ServedLog log) {
        this.reader = reader;
        this.log = log;
    }

    /// What is read, and the same reads without a record: they allocate nothing.
    public OnlineReader features() {
        return reader;
    }

    /// Reads the features of one row's entities, and remembers them.
    ///
    /// @param rowId by which a label names this read
    /// @param now the present, in nanoseconds
    /// @return the moment that the answer is as of: see [OnlineReader#read]
    /// @throws IOException when so many records wait that they were written by this read, and could
    ///   not be; `out` is right all the same
    public long read(String rowId, OnlineKeys keys, long now, OnlineRow out) throws IOException {
        long asOf = reader.read(keys, now, out);
        log.record(rowId, reader, keys, out, asOf);
        return asOf;
    }
}
