package dev.touchstone.features;

import dev.touchstone.features.internal.log.ChangedColumnsException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What was served under definitions that are no more: of views that are gone, or had other columns
/// then. Nothing is added to it, so it ends as a whole.
///
/// @param views the names of the views that there are
/// @param current the names of the histories that reads of theirs are added to
record EndedServedHistories(Histories histories, Set<String> views, Set<String> current) {
    private static final Pattern NAME =
            Pattern.compile("(([A-Za-z].*)-served-[0-9a-f]{8})(-[0-9]{19})?");

    /// A history, or a part of one.
    ///
    /// @param written when it was written to last
    private record Ended(ViewDefinition definition, long bytes, long written) {}

    /// Those of a view.
    ///
    /// @param kept the bytes of all that was served of it
    private record Of(long kept, List<Ended> ended) {
        static final Of NONE = new Of(0, List.of());

        Of with(Ended one, boolean has) {
            List<Ended> all = new ArrayList<>(ended);
            if (has) {
                all.add(one);
            }
            return new Of(kept + one.bytes(), all);
        }
    }

    /// Drops what was written to last before what is to be kept, and, the oldest first, what is too
    /// much together with all else that was served of the view.
    ///
    /// @param now the present, in nanoseconds
    List<ServedLog.Expired> retain(Retention retention, long now) throws IOException {
        List<ServedLog.Expired> gone = new ArrayList<>();
        if (retention.keepsAll()) {
            return gone;
        }
        long oldest = Times.minus(now, retention.ageNanos());
        for (Map.Entry<String, Of> view : byView().entrySet()) {
            long kept = view.getValue().kept();
            List<Ended> ended = new ArrayList<>(view.getValue().ended());
            ended.sort(Comparator.comparingLong(Ended::written));
            for (Ended one : ended) {
                if (one.written() < oldest || kept > retention.bytes()) {
                    kept -= one.bytes();
                    drop(view.getKey(), one, gone);
                }
            }
        }
        return gone;
    }

    private Map<String, Of> byView() throws IOException {
        Map<String, Of> byView = new TreeMap<>();
        for (String name : histories.names(NAME.pattern())) {
            Matcher parts = NAME.matcher(name);
            if (parts.matches() && !views.contains(name)) {
                ViewDefinition definition = ServedRecords.ofAny(name);
                var one =
                        new Ended(
                                definition,
                                histories.bytes(definition),
                                histories.written(definition));
                Of its = byView.getOrDefault(parts.group(2), Of.NONE);
                byView.put(parts.group(2), its.with(one, !current.contains(parts.group(1))));
            }
        }
        return byView;
    }

    private void drop(String view, Ended one, List<ServedLog.Expired> gone) throws IOException {
        long records;
        try {
            records = histories.rowCount(one.definition());
        } catch (ChangedColumnsException _) {
            return; // a view's own rows, under a name that looks so
        }
        histories.drop(one.definition());
        if (records > 0) {
            gone.add(new ServedLog.Expired(view, records, one.written()));
        }
    }
}
