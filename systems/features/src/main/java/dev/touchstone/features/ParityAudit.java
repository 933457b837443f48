package dev.touchstone.features;

import dev.touchstone.features.ParityReport.Cause;
import dev.touchstone.features.internal.join.NaiveAsOf;
import dev.touchstone.features.internal.table.ClusteredTable;
import dev.touchstone.features.internal.table.KeyHash;
import dev.touchstone.features.internal.window.WindowJoin;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/// Replays logged reads, as of their moments, from the history as it is today.
final class ParityAudit {
    private static final int WHOLE = 1_000;

    /// How far two clocks may be apart.
    private static final long CLOCK_NANOS = 5_000_000_000L;

    private final int perMille;
    private final int examples;
    private final Map<String, Compared> features = new LinkedHashMap<>();
    private final List<ParityReport.Difference> differences = new ArrayList<>();
    private long reads;

    /// A feature and what became of its cells.
    private static final class Compared {
        long cells;
        final Map<Cause, Long> causes = new EnumMap<>(Cause.class);
    }

    /// A view's answer to an entity at a moment, from some rows.
    private interface Replay {
        List<Value> at(List<FeatureRow> rows, EntityKey entity, long asOf);
    }

    ParityAudit(int perMille, int examples) {
        if (perMille < 1 || perMille > WHOLE) {
            throw new IllegalArgumentException(
                    "look at 1 to 1000 of a thousand reads, got %d".formatted(perMille));
        }
        this.perMille = perMille;
        this.examples = examples;
    }

    /// Whether a read is looked at.
    boolean samples(FeatureRow record) {
        return samples(record.entity());
    }

    boolean samples(String rowId) {
        return samples(EntityKey.of(rowId));
    }

    private boolean samples(EntityKey rowId) {
        long hash = KeyHash.ofBytes(KeyHash.encode(rowId));
        return Math.floorMod(hash, WHOLE) < perMille;
    }

    void replay(
            ViewDefinition definition,
            ServedRecords records,
            List<FeatureRow> sampled,
            List<ClusteredTable> history) {
        FeatureView view = definition.view();
        Replay replay = replay(definition);
        for (FeatureRow record : sampled) {
            reads++;
            ServedRecords.Read read = records.read(record);
            List<FeatureRow> rows = new ArrayList<>();
            history.forEach(table -> rows.addAll(table.rowsOf(read.entity())));
            List<Value> replayed = replay.at(rows, read.entity(), read.asOf());
            for (int f = 0; f < view.features().size(); f++) {
                Optional<Value> served = records.value(record, f);
                if (served.isPresent()) {
                    var suspect = new Suspect(definition, replay, read, rows, f, served.get());
                    compare(suspect, replayed.get(f));
                }
            }
        }
    }

    private void compare(Suspect suspect, Value replayed) {
        FeatureView view = suspect.definition.view();
        String name = view.name() + "." + view.features().get(suspect.feature).name();
        Compared its = features.computeIfAbsent(name, _ -> new Compared());
        its.cells++;
        if (suspect.served.equals(replayed)) {
            return;
        }
        Cause cause = suspect.cause(replayed);
        its.causes.merge(cause, 1L, Long::sum);
        if (differences.size() < examples) {
            ServedRecords.Read read = suspect.read;
            differences.add(
                    new ParityReport.Difference(
                            read.rowId(), name, read.asOf(), suspect.served, replayed, cause));
        }
    }

    private static Replay replay(ViewDefinition definition) {
        FeatureView view = definition.view();
        int features = view.features().size();
        if (definition.windows().isPresent()) {
            List<Integer> all = IntStream.range(0, features).boxed().toList();
            var join = new WindowJoin(definition, List.of(), all, Mode.KNOWN_AT_THE_TIME);
            return (rows, _, asOf) -> join.answer(rows, view.features(), asOf);
        }
        return (rows, entity, asOf) -> {
            Answer answer =
                    new NaiveAsOf(rows, view.rule(), Mode.KNOWN_AT_THE_TIME).answer(entity, asOf);
            return IntStream.range(0, features).mapToObj(answer::value).toList();
        };
    }

    /// A cell that may differ.
    private record Suspect(
            ViewDefinition definition,
            Replay replay,
            ServedRecords.Read read,
            List<FeatureRow> rows,
            int feature,
            Value served) {
        Cause cause(Value replayed) {
            List<FeatureRow> before =
                    rows.stream().filter(row -> row.sequence() < read.rows()).toList();
            if (explains(before, read.asOf())) {
                return restates(before) ? Cause.RESTATED : Cause.LATE;
            }
            if (moments().stream().anyMatch(moment -> explains(rows, moment))) {
                return Cause.CLOCK;
            }
            return served.equals(Value.MISSING) || replayed.equals(Value.MISSING)
                    ? Cause.MISSING
                    : Cause.SKEW;
        }

        private boolean explains(List<FeatureRow> known, long moment) {
            return replay.at(known, read.entity(), moment).get(feature).equals(served);
        }

        /// Whether a row that came later is about an event that was known before.
        private boolean restates(List<FeatureRow> before) {
            Set<Value> known = new HashSet<>();
            before.forEach(row -> known.add(event(row)));
            return rows.stream()
                    .filter(row -> row.sequence() >= read.rows())
                    .filter(row ->
                            definition
                                    .view()
                                    .rule()
                                    .admits(row, read.asOf(), Mode.KNOWN_AT_THE_TIME))
                    .anyMatch(row -> known.contains(event(row)));
        }

        /// Which event a row is about: its id, or else its time.
        private Value event(FeatureRow row) {
            return definition
                    .windows()
                    .flatMap(WindowedSource::id)
                    .map(id -> row.values().get(id))
                    .orElse(Value.of(row.eventTime()));
        }

        /// The moments near the read at which the answer may change.
        private List<Long> moments() {
            List<Long> moments = new ArrayList<>();
            moments.add(read.asOf() - CLOCK_NANOS);
            moments.add(read.asOf() + CLOCK_NANOS);
            long delay = definition.view().rule().delayNanos();
            for (FeatureRow row : rows) {
                for (long change : new long[] {row.eventTime(), row.availableTime() + delay}) {
                    for (long moment = change - 1; moment <= change + 1; moment++) {
                        if (Math.abs(moment - read.asOf()) <= CLOCK_NANOS) {
                            moments.add(moment);
                        }
                    }
                }
            }
            return moments;
        }
    }

    ParityReport report() {
        List<ParityReport.FeaturePart> parts = new ArrayList<>();
        features.forEach((name, its) ->
                parts.add(new ParityReport.FeaturePart(name, its.cells, its.causes)));
        return new ParityReport(reads, parts, differences);
    }
}
