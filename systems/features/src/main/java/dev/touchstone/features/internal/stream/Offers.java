package dev.touchstone.features.internal.stream;

import dev.touchstone.features.ColumnData;
import dev.touchstone.features.ColumnType;
import java.util.Arrays;
import java.util.List;

/// The strongest row that each place was offered so far.
///
/// Its times are noted at once. Its values stay in the batch it came with, and are copied when the
/// batch is through, if it is still the strongest then.
final class Offers {
    /// A place that was offered nothing.
    static final int NONE = -1;

    /// A place whose strongest row came with an earlier batch.
    private static final int KEPT = -2;

    private final int places;
    private final List<ColumnType> features;
    private final int maskWords;

    /// For each place the row of the present batch, [#NONE] or [#KEPT].
    final int[] row;

    final long[] event;

    /// Empty as long as every row was available at its event.
    long[] available = {};

    /// A row of words for each place, empty until something is kept.
    private long[] values = {};

    /// Bit 0 is a tombstone, bit `1 + f` a missing value; empty as long as there is neither.
    private long[] mask = {};

    private final String[][] texts;

    /// Keeps a compiler from leaving out what [#fetch] reads; any thread's will do.
    @SuppressWarnings("UnusedVariable") // It is there to be written.
    private long fetched;

    Offers(int places, List<ColumnType> features, Parallel parallel) {
        this.places = places;
        this.features = List.copyOf(features);
        this.maskWords = features.size() / Long.SIZE + 1;
        this.row = new int[places];
        this.event = new long[places];
        // Every row wins over nothing.
        parallel.stretches(
                places,
                (from, to) -> {
                    Arrays.fill(row, from, to, NONE);
                    Arrays.fill(event, from, to, Long.MIN_VALUE);
                });
        this.texts = new String[features.size()][0];
        Math.multiplyExact(places, features.size());
    }

    /// Bytes that a place takes.
    static long bytesPerPlace(int features) {
        return Integer.BYTES + (2L + features / Long.SIZE + 1 + features) * Long.BYTES;
    }

    /// From now on rows may be available later than at their events.
    void delay() {
        if (available.length == 0) {
            available = event.clone();
        }
    }

    /// Whether any row was available later than at its event.
    boolean areDelayed() {
        return available.length > 0;
    }

    long available(int place) {
        return available.length == 0 ? event[place] : available[place];
    }

    /// Reads what offers to some places read; see [WaitingLabels#fetch].
    ///
    /// @param sum any number
    void fetch(long sum, int from, int to) {
        long all = sum;
        for (int place = from; place < to; place += WaitingLabels.LONGS_PER_LINE) {
            all += event[place] + row[place];
        }
        fetched = all;
    }

    /// Whether the offer at `a` wins over that at `b`.
    boolean isStronger(int a, int b) {
        return event[a] != event[b] ? event[a] > event[b] : available(a) > available(b);
    }

    /// Offers a row to a place. Of equals the later one wins.
    ///
    /// Whether a row wins is anybody's guess, the processor's too, so nothing branches on it.
    ///
    /// @return 1 when the place was offered nothing of this batch before, else 0
    int settle(int place, int offered, long itsEvent, long itsAvailable) {
        long noted = event[place];
        int wins = 1 - Order.before(itsEvent, noted);
        if (available.length > 0) {
            long notedAvailable = available[place];
            if (itsEvent == noted) {
                wins = itsAvailable >= notedAvailable ? 1 : 0;
            }
            available[place] = wins == 1 ? itsAvailable : notedAvailable;
        }
        event[place] = Math.max(noted, itsEvent);
        int before = row[place];
        row[place] = Order.choose(wins, offered, before);
        return wins & (before >>> (Integer.SIZE - 1));
    }

    /// Makes room for what a batch has.
    void prepare(RowBatch batch) {
        if (values.length == 0) {
            values = new long[places * features.size()];
            for (int f = 0; f < texts.length; f++) {
                texts[f] = new String[features.get(f) == ColumnType.TEXT ? places : 0];
            }
        }
        if (mask.length == 0 && (batch.deleted().length > 0 || hasMissing(batch))) {
            mask = new long[Math.multiplyExact(places, maskWords)];
        }
    }

    private static boolean hasMissing(RowBatch batch) {
        for (ColumnData column : batch.features()) {
            boolean[] missing = column.missing();
            for (int row = 0; row < batch.rows(); row++) {
                if (missing[row]) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Copies the values of rows that the present batch gave to places.
    ///
    /// @param touched the places, from `from` up to `to`
    void keep(RowBatch batch, int[] touched, int from, int to) {
        if (mask.length > 0) {
            for (int t = from; t < to; t++) {
                int at = touched[t] * maskWords;
                Arrays.fill(mask, at, at + maskWords, 0);
                mask[at] = batch.isTombstone(row[touched[t]]) ? 1 : 0;
            }
        }
        for (int f = 0; f < features.size(); f++) {
            keep(f, batch.features().get(f), touched, from, to);
        }
        for (int t = from; t < to; t++) {
            row[touched[t]] = KEPT;
        }
    }

    private void keep(int f, ColumnData column, int[] touched, int from, int to) {
        int width = features.size();
        switch (column) {
            case ColumnData.Doubles(double[] cells, _) -> {
                for (int t = from; t < to; t++) {
                    values[touched[t] * width + f] =
                            Double.doubleToRawLongBits(cells[row[touched[t]]]);
                }
            }
            case ColumnData.Longs(long[] cells, _) -> {
                for (int t = from; t < to; t++) {
                    values[touched[t] * width + f] = cells[row[touched[t]]];
                }
            }
            case ColumnData.Booleans(boolean[] cells, _) -> {
                for (int t = from; t < to; t++) {
                    values[touched[t] * width + f] = cells[row[touched[t]]] ? 1 : 0;
                }
            }
            case ColumnData.Texts(String[] cells, _) -> {
                for (int t = from; t < to; t++) {
                    texts[f][touched[t]] = cells[row[touched[t]]];
                }
            }
        }
        if (mask.length > 0) {
            boolean[] missing = column.missing();
            int bit = 1 + f;
            for (int t = from; t < to; t++) {
                if (missing[row[touched[t]]]) {
                    mask[touched[t] * maskWords + bit / Long.SIZE] |= 1L << (bit % Long.SIZE);
                }
            }
        }
    }

    /// Whether the kept offer of a place is a tombstone.
    boolean isTombstone(int place) {
        return mask.length > 0 && (mask[place * maskWords] & 1) != 0;
    }

    /// Gives the cells of kept offers to labels.
    ///
    /// @param winner the place for each label from `from` up to `to`, or less than 0
    void give(int f, int[] winner, ColumnData cells, int from, int to) {
        boolean[] missing = cells.missing();
        int bit = 1 + f;
        int width = features.size();
        for (int i = from; i < to; i++) {
            missing[i] =
                    winner[i] < 0
                            || (mask.length > 0
                                    && (mask[winner[i] * maskWords + bit / Long.SIZE]
                                                            >>> (bit % Long.SIZE)
                                                    & 1)
                                            != 0);
        }
        switch (cells) {
            case ColumnData.Doubles(double[] its, _) -> {
                for (int i = from; i < to; i++) {
                    its[i] =
                            missing[i]
                                    ? Double.NaN
                                    : Double.longBitsToDouble(values[winner[i] * width + f]);
                }
            }
            case ColumnData.Longs(long[] its, _) -> {
                for (int i = from; i < to; i++) {
                    its[i] = missing[i] ? 0 : values[winner[i] * width + f];
                }
            }
            case ColumnData.Booleans(boolean[] its, _) -> {
                for (int i = from; i < to; i++) {
                    its[i] = !missing[i] && values[winner[i] * width + f] != 0;
                }
            }
            case ColumnData.Texts(String[] its, _) -> {
                for (int i = from; i < to; i++) {
                    its[i] = missing[i] ? "" : texts[f][winner[i]];
                }
            }
        }
    }
}
