package dev.touchstone.features;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Looks all the time whether a training set would be given what is served: takes a sample of the
/// reads, waits until late rows had time to come, replays them, and says when too few cells agree.
/// Made by [FeatureStore#watchParity].
///
/// Which reads are in the sample depends on their row ids alone. Safe for many threads.
public final class ParityWatch {
    private static final int WHOLE = 1_000;
    private static final int MAX_WAITING = 10_000;
    private static final int MAX_POINTS = 480;
    private static final int EXAMPLES = 8;

    private final Histories histories;
    private final Settings settings;
    private final ParityAudit sample;
    private final ArrayDeque<Sampled> waiting = new ArrayDeque<>();
    private final ArrayDeque<Replayed> replayed = new ArrayDeque<>();
    private final Map<String, Map<ParityReport.Cause, Long>> causes = new LinkedHashMap<>();
    private final Map<String, Long> cells = new LinkedHashMap<>();
    private final ArrayDeque<ParityReport.Difference> differences = new ArrayDeque<>();
    private long reads;
    private long skipped;
    private long next = Times.MINUS_INFINITY;
    private boolean alarmed;

    /// How closely to look.
    ///
    /// @param perMille how many of a thousand reads, 1 to 1000
    /// @param maturityNanos how old a read is when it is replayed
    /// @param everyNanos from one replay to the next, each of at most `most` reads
    /// @param threshold the least share of cells that must agree, over the last `spanNanos`
    public record Settings(
            int perMille,
            long maturityNanos,
            long everyNanos,
            int most,
            double threshold,
            long spanNanos) {
        private static final long SECOND = 1_000_000_000L;

        /// One read in a hundred, a minute after it was served.
        public static final Settings DEFAULT =
                new Settings(10, 60 * SECOND, 15 * SECOND, 200, 0.999, 600 * SECOND);

        public Settings {
            if (perMille < 1 || perMille > WHOLE) {
                throw new IllegalArgumentException(
                        "replay 1 to 1000 of a thousand reads, got %d".formatted(perMille));
            }
            if (maturityNanos < 0 || everyNanos < 1 || spanNanos < everyNanos) {
                throw new IllegalArgumentException(
                        "replay after 0s or more, every 1ns or more, and judge over at least as long, got %d, %d and %d ns"
                                .formatted(maturityNanos, everyNanos, spanNanos));
            }
            if (spanNanos / everyNanos > MAX_POINTS) {
                throw new IllegalArgumentException(
                        "judge over at most %d replays, got %d ns of one every %d ns"
                                .formatted(MAX_POINTS, spanNanos, everyNanos));
            }
            if (most < 1 || most > MAX_WAITING) {
                throw new IllegalArgumentException(
                        "replay 1 to %d reads at once, got %d".formatted(MAX_WAITING, most));
            }
            if (!(threshold >= 0 && threshold <= 1)) {
                throw new IllegalArgumentException(
                        "the share of cells that must agree is 0 to 1, got %s"
                                .formatted(threshold));
            }
        }

        /// The share of reads, 0 to 1.
        public double sample() {
            return (double) perMille / WHOLE;
        }
    }

    /// A replay of some reads.
    ///
    /// @param at when, in nanoseconds
    /// @param cells how many were compared, and `matches` how many of them agree
    public record Point(long at, long reads, long cells, long matches) {}

    /// The share of cells that agree has fallen below the threshold, or is above it again.
    ///
    /// @param over whether it is above again
    /// @param share of the last span, 0 to 1
    /// @param worst `view.feature` with the most differences of one cause in that span, and `cause`
    ///   that one; empty when there is no difference
    public record Alarm(
            long at, boolean over, double share, String worst, ParityReport.Cause cause) {}

    /// A read that waits for its replay.
    private record Sampled(ViewDefinition definition, ServedRecords records, FeatureRow record) {}

    /// What a replay found.
    ///
    /// @param different the features of which some cells differ
    private record Replayed(Point point, List<ParityReport.FeaturePart> different) {}

    ParityWatch(Histories histories, Settings settings) {
        this.histories = histories;
        this.settings = settings;
        this.sample = new ParityAudit(settings.perMille(), 0);
    }

    /// How closely it looks.
    public Settings settings() {
        return settings;
    }

    /// Whether a read is in the sample.
    boolean samples(String rowId) {
        return sample.samples(rowId);
    }

    void offer(ViewDefinition definition, ServedRecords records, FeatureRow record) {
        synchronized (waiting) {
            // Not the oldest: it is the next to mature, and of a busy store none ever would.
            if (waiting.size() == MAX_WAITING) {
                skipped++;
                return;
            }
            waiting.add(new Sampled(definition, records, record));
        }
    }

    /// Replays what has matured, when it is time; worth a call a few times a second.
    ///
    /// @param now the present, in nanoseconds
    /// @return what there is to tell somebody
    public Optional<Alarm> beat(long now) throws IOException {
        synchronized (waiting) {
            boolean steppedBack = next > Times.plus(now, settings.everyNanos());
            if (now < next && !steppedBack) {
                return Optional.empty();
            }
            next = Times.plus(now, settings.everyNanos());
        }
        Map<ViewDefinition, List<Sampled>> matured =
                matured(Times.minus(now, settings.maturityNanos()));
        if (matured.isEmpty()) {
            return Optional.empty();
        }
        var audit = new ParityAudit(settings.perMille(), EXAMPLES);
        for (Map.Entry<ViewDefinition, List<Sampled>> view : matured.entrySet()) {
            audit.replay(
                    view.getKey(),
                    view.getValue().getFirst().records(),
                    view.getValue().stream().map(Sampled::record).toList(),
                    histories.tables(view.getKey()));
        }
        synchronized (waiting) {
            return add(audit.report(), now);
        }
    }

    private Map<ViewDefinition, List<Sampled>> matured(long until) {
        Map<ViewDefinition, List<Sampled>> matured = new LinkedHashMap<>();
        synchronized (waiting) {
            for (int i = 0; i < settings.most() && !waiting.isEmpty(); i++) {
                if (waiting.element().record().eventTime() > until) {
                    break;
                }
                Sampled one = waiting.remove();
                matured.computeIfAbsent(one.definition(), _ -> new ArrayList<>()).add(one);
            }
        }
        return matured;
    }

    private Optional<Alarm> add(ParityReport report, long now) {
        long compared = 0;
        long matches = 0;
        for (ParityReport.FeaturePart part : report.features()) {
            compared += part.cells();
            matches += part.matches();
            cells.merge(part.name(), part.cells(), Long::sum);
            Map<ParityReport.Cause, Long> its =
                    causes.computeIfAbsent(
                            part.name(), _ -> new EnumMap<>(ParityReport.Cause.class));
            part.causes().forEach((cause, count) -> its.merge(cause, count, Long::sum));
        }
        reads += report.reads();
        report.examples()
                .forEach(difference -> {
                    differences.addFirst(difference);
                    if (differences.size() > EXAMPLES) {
                        differences.removeLast();
                    }
                });
        replayed.add(
                new Replayed(
                        new Point(now, report.reads(), compared, matches),
                        report.features().stream()
                                .filter(part -> part.matches() < part.cells())
                                .toList()));
        if (replayed.size() > MAX_POINTS) {
            replayed.remove();
        }
        return alarm(now);
    }

    private Optional<Alarm> alarm(long now) {
        long begin = Times.minus(now, settings.spanNanos());
        List<Replayed> span = replayed.stream().filter(one -> one.point().at() > begin).toList();
        long compared = span.stream().mapToLong(one -> one.point().cells()).sum();
        long matches = span.stream().mapToLong(one -> one.point().matches()).sum();
        double share = compared == 0 ? 1 : (double) matches / compared;
        boolean under = share < settings.threshold();
        if (under == alarmed) {
            return Optional.empty();
        }
        alarmed = under;
        Worst worst = worst(span);
        return Optional.of(new Alarm(now, !under, share, worst.feature(), worst.cause()));
    }

    private record Worst(String feature, ParityReport.Cause cause) {}

    private static Worst worst(List<Replayed> span) {
        Map<Worst, Long> counts = new LinkedHashMap<>();
        for (Replayed one : span) {
            for (ParityReport.FeaturePart part : one.different()) {
                part.causes()
                        .forEach((cause, count) ->
                                counts.merge(new Worst(part.name(), cause), count, Long::sum));
            }
        }
        return counts.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(new Worst("", ParityReport.Cause.SKEW));
    }

    /// Everything that was replayed so far.
    public ParityReport report() {
        synchronized (waiting) {
            List<ParityReport.FeaturePart> parts = new ArrayList<>();
            cells.forEach((name, count) ->
                    parts.add(
                            new ParityReport.FeaturePart(
                                    name, count, causes.getOrDefault(name, Map.of()))));
            return new ParityReport(reads, parts, List.copyOf(differences));
        }
    }

    /// The latest replays, the earliest first.
    public List<Point> points() {
        synchronized (waiting) {
            return replayed.stream().map(Replayed::point).toList();
        }
    }

    /// Reads of the sample that are not replayed because too many waited.
    public long skipped() {
        synchronized (waiting) {
            return skipped;
        }
    }

    /// Whether too few cells agree at present.
    public boolean alarmed() {
        synchronized (waiting) {
            return alarmed;
        }
    }
}
