package dev.touchstone.features;

import dev.touchstone.features.internal.build.History;
import dev.touchstone.features.internal.table.ClusteredTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// What was served of a view, in parts that are histories of their own, so that old reads can be
/// dropped a whole part at a time. A part's name says from which moment on it has reads; the first
/// has all before.
///
/// @param records how a read is kept
record ServedHistory(Histories histories, ServedRecords records) {
    /// Records outside a part's segment before they are compacted.
    private static final int MAX_RECENT = 100_000;

    /// Into how many parts what is kept is cut.
    private static final int PARTS = 8;

    static ServedHistory of(Histories histories, ViewDefinition view) {
        return new ServedHistory(histories, ServedRecords.of(view));
    }

    /// What was dropped.
    ///
    /// @param records how many
    /// @param until all of them are from before this moment
    record Expired(long records, long until) {}

    /// The parts that there are, the oldest first; where there are none, the first, which is yet to
    /// be made.
    private List<ViewDefinition> parts() throws IOException {
        String first = records.definition().view().name();
        List<String> names = histories.names(first + "(-[0-9]{19})?");
        return (names.isEmpty() ? Stream.of(first) : names.stream().sorted())
                .map(records::named)
                .toList();
    }

    /// The moment from which on a part has reads.
    private static long begin(ViewDefinition part) {
        String name = part.view().name();
        String last = name.substring(name.lastIndexOf('-') + 1);
        return last.length() == 19 ? Long.parseLong(last) : Times.MINUS_INFINITY;
    }

    /// Writes records; on the disk when this returns.
    void append(List<FeatureRow> batch) throws IOException {
        histories.append(parts().getLast(), batch, Map.of());
    }

    /// Compacts the records that came last, when they have become many.
    void compactIfLarge() throws IOException {
        histories.compactIfLarge(parts().getLast(), MAX_RECENT);
    }

    /// Gives every record, in no particular order.
    void rows(Consumer<FeatureRow> each) throws IOException {
        for (ViewDefinition part : parts()) {
            histories.rows(part, each);
        }
    }

    /// All parts as one history, for training sets.
    History.Tables builtFrom() throws IOException {
        List<ClusteredTable> tables = new ArrayList<>();
        List<String> identity = new ArrayList<>();
        for (ViewDefinition part : parts()) {
            History.Tables its = histories.builtFrom(part);
            tables.addAll(its.tables());
            identity.add(its.identity());
        }
        return new History.Tables(records.definition(), tables, identity.toString());
    }

    /// Begins a new part when the last has had its share of time or bytes, and drops parts that are
    /// older, or with the later ones larger, than what is to be kept.
    ///
    /// @param now the present, in nanoseconds
    /// @return what was dropped; no records when nothing was
    Expired retain(Retention retention, long now) throws IOException {
        var none = new Expired(0, Times.MINUS_INFINITY);
        if (retention.keepsAll()) {
            return none;
        }
        List<ViewDefinition> parts = new ArrayList<>(parts());
        ViewDefinition last = parts.getLast();
        if (histories.rowCount(last) > 0
                && (begin(last) <= Times.minus(now, retention.ageNanos() / PARTS)
                        || histories.bytes(last) > retention.bytes() / PARTS)) {
            ViewDefinition next =
                    records.named("%s-%019d".formatted(records.definition().view().name(), now));
            histories.append(next, List.of(), Map.of()); // makes its folder
            parts.add(next);
        }
        long dropped = 0;
        long until = Times.MINUS_INFINITY;
        long bytes = 0;
        for (ViewDefinition part : parts) {
            bytes += histories.bytes(part);
        }
        for (int i = 0; i + 1 < parts.size(); i++) {
            long end = begin(parts.get(i + 1));
            boolean old = end < Times.minus(now, retention.ageNanos());
            if (!old && bytes <= retention.bytes()) {
                break;
            }
            bytes -= histories.bytes(parts.get(i));
            dropped += histories.rowCount(parts.get(i));
            histories.drop(parts.get(i));
            until = end;
        }
        return dropped == 0 ? none : new Expired(dropped, until);
    }
}
