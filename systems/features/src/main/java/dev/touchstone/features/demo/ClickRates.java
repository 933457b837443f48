package dev.touchstone.features.demo;

import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.AsOfStream;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnData;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.internal.csv.Cells;
import dev.touchstone.features.internal.csv.CsvException;
import dev.touchstone.features.internal.csv.CsvReader;
import dev.touchstone.features.internal.csv.CsvRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How good an item's click rate seems to be at telling clicks from other impressions, when the
/// rate is taken at the end of the log and when it is taken as it was known at each impression.
///
/// The rate at the end has counted the very click that it is asked about, and all later ones. For
/// the logs of the Open Bandit Dataset (Saito and others, 2021), but any log with the columns
/// `timestamp`, `item_id` and `click` will do.
public final class ClickRates {
    private static final long HOUR_NANOS = 3_600_000_000_000L;

    /// z of a 95 % interval.
    private static final double NORMAL_95 = 1.96;

    private static final FeatureView ITEM =
            new FeatureView(
                    "item",
                    List.of(new Column("item_id", ColumnType.LONG)),
                    List.of(
                            new Column("impressions", ColumnType.LONG),
                            new Column("clicks", ColumnType.LONG)),
                    new AsOfRule(
                            AsOfRule.Boundary.BEFORE,
                            0,
                            AsOfRule.UNBOUNDED,
                            AsOfRule.StalenessClock.EVENT));

    private ClickRates() {}

    /// One time that an item was shown.
    private record Impression(long time, long item, boolean click) {}

    /// What came out.
    ///
    /// @param naive with rates at the end of the log
    /// @param asOf with rates as they were known at each impression
    /// @param hourly with rates that a job counts every hour
    public record Report(int impressions, int clicks, int items, Auc naive, Auc asOf, Auc hourly) {
        /// By how much the naive rates promise more than there is.
        public double inflation() {
            return naive.area - asOf.area;
        }
    }

    /// The area under a ROC curve: how often a click's rate is above another impression's.
    ///
    /// @param error half of its 95 % interval, by Hanley and McNeil
    public record Auc(double area, double error) {
        static Auc of(double[] scores, boolean[] clicks) {
            double area = Scorer.auc(scores, clicks);
            int positives = 0;
            for (boolean click : clicks) {
                positives += click ? 1 : 0;
            }
            double above = area / (2 - area);
            double below = 2 * area * area / (1 + area);
            double variance =
                    (area * (1 - area)
                                    + (positives - 1) * (above - area * area)
                                    + (clicks.length - positives - 1) * (below - area * area))
                            / ((double) positives * (clicks.length - positives));
            return new Auc(area, NORMAL_95 * Math.sqrt(variance));
        }
    }

    /// Reads a log and compares.
    ///
    /// @throws IOException also when a column is missing, or when nobody or everybody clicked
    public static Report measure(Path log) throws IOException {
        List<Impression> impressions = read(log);
        boolean[] clicks = new boolean[impressions.size()];
        int count = 0;
        for (int i = 0; i < clicks.length; i++) {
            clicks[i] = impressions.get(i).click;
            count += clicks[i] ? 1 : 0;
        }
        if (count == 0 || count == clicks.length) {
            throw new IOException(
                    "%s has %,d clicks in %,d impressions; there is nothing to tell apart"
                            .formatted(log, count, clicks.length));
        }
        long end = impressions.getLast().time + 1;
        List<FeatureRow> rows = counts(impressions);
        List<Long> atTheEnd = impressions.stream().map(_ -> end).toList();
        List<Long> atTheTime = impressions.stream().map(Impression::time).toList();
        List<FeatureRow> hourly =
                rows.stream()
                        .map(row ->
                                new FeatureRow(
                                        row.entity(),
                                        row.eventTime(),
                                        nextHour(row.eventTime()),
                                        row.sequence(),
                                        row.values()))
                        .toList();
        return new Report(
                clicks.length,
                count,
                (int) impressions.stream().mapToLong(Impression::item).distinct().count(),
                Auc.of(rates(impressions, atTheEnd, rows), clicks),
                Auc.of(rates(impressions, atTheTime, rows), clicks),
                Auc.of(rates(impressions, atTheTime, hourly), clicks));
    }

    private static long nextHour(long time) {
        return (Math.floorDiv(time, HOUR_NANOS) + 1) * HOUR_NANOS;
    }

    private static List<Impression> read(Path log) throws IOException {
        List<Impression> impressions = new ArrayList<>();
        try (var reader = Files.newBufferedReader(log)) {
            var file = new CsvReader(reader, log.toString());
            int time = file.column("timestamp");
            int item = file.column("item_id");
            int click = file.column("click");
            for (Optional<CsvRecord> line = file.next(); line.isPresent(); line = file.next()) {
                impressions.add(
                        new Impression(
                                time(file, line.get(), time),
                                whole(file, line.get(), item, "item_id"),
                                whole(file, line.get(), click, "click") != 0));
            }
        }
        impressions.sort(Comparator.comparingLong(Impression::time));
        return impressions;
    }

    private static long whole(CsvReader file, CsvRecord line, int at, String name)
            throws CsvException {
        if (Cells.read(file, line, at, new Column(name, ColumnType.LONG))
                instanceof Value.Whole(long whole)) {
            return whole;
        }
        throw new CsvException("%s line %d has no %s".formatted(file.name(), line.line(), name));
    }

    /// The logs separate day and time by a space.
    private static long time(CsvReader file, CsvRecord line, int at) throws CsvException {
        try {
            return Times.parse(line.cells()[at].replace(' ', 'T'));
        } catch (IllegalArgumentException e) {
            throw new CsvException(
                    "%s line %d: %s".formatted(file.name(), line.line(), e.getMessage()));
        }
    }

    /// An item's counts after each impression of it.
    private static List<FeatureRow> counts(List<Impression> impressions) {
        Map<Long, long[]> counts = new HashMap<>();
        List<FeatureRow> rows = new ArrayList<>();
        for (Impression one : impressions) {
            long[] its = counts.computeIfAbsent(one.item, _ -> new long[2]);
            its[0]++;
            its[1] += one.click ? 1 : 0;
            rows.add(
                    new FeatureRow(
                            EntityKey.of(one.item),
                            one.time,
                            one.time,
                            rows.size(),
                            List.of(Value.of(its[0]), Value.of(its[1]))));
        }
        return rows;
    }

    private static double[] rates(
            List<Impression> impressions, List<Long> moments, List<FeatureRow> rows) {
        var join = new AsOfStream(ITEM, Mode.KNOWN_AT_THE_TIME);
        for (int i = 0; i < impressions.size(); i++) {
            join.label(List.of(Value.of(impressions.get(i).item)), Value.of(moments.get(i)));
        }
        rows.forEach(join::row);
        List<ColumnData> cells = join.finish();
        double[] rates = new double[impressions.size()];
        for (int i = 0; i < rates.length; i++) {
            double shown = cells.get(0).value(i) instanceof Value.Whole(long n) ? n : 0;
            double clicked = cells.get(1).value(i) instanceof Value.Whole(long n) ? n : 0;
            rates[i] = OpenBandit.rate(clicked, shown);
        }
        return rates;
    }
}
