package dev.touchstone.features.demo;

import dev.touchstone.features.BuildProgress;
import dev.touchstone.features.Definitions;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Times;
import dev.touchstone.features.TrainingSetRequest;
import dev.touchstone.features.internal.csv.CsvReader;
import dev.touchstone.features.internal.csv.CsvRecord;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The same leak in real data: the [Open Bandit log](https://research.zozo.com/data.html) of a
/// fashion shop, a line for each item shown, with whether it was clicked.
///
/// Each line is a label, and its item's click rate the only feature: once as it was just before the
/// line, once as the table has it at the log's end. The latter holds the click that is to be
/// predicted.
public final class OpenBandit {
    private static final String DEFINITIONS =
            """
            views:
              item:
                owner: demo
                key: {item: long}
                events: {click: long}
                features:
                  clicks: {sum: click, window: 365d}
                  shown: {count: click, window: 365d}
                boundary: "<"
            """;

    /// Clicks and lines that every item is taken to have had before: one in two hundred.
    private static final double PRIOR_CLICKS = 1;

    private static final double PRIOR_SHOWN = 200;

    private static final List<String> FEATURES = List.of("item.clicks", "item.shown");

    private OpenBandit() {}

    /// What came out.
    ///
    /// @param naive how well the rate of the log's end tells clicked lines from others: an area
    ///   under the ROC curve
    /// @param asOf the same for the rate just before each line
    public record Report(int lines, int clicks, double naive, double asOf) {
        /// How much the naive join promises too much.
        public double inflation() {
            return naive - asOf;
        }
    }

    /// @param log a file of the Open Bandit data, such as `random/men/men.csv`
    /// @param folder a new one, for what is made
    public static Report run(Path log, Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("features.yaml"), DEFINITIONS);
        List<Boolean> clicked = convert(log, folder);
        boolean[] clicks = new boolean[clicked.size()];
        int count = 0;
        for (int i = 0; i < clicks.length; i++) {
            clicks[i] = clicked.get(i);
            count += clicks[i] ? 1 : 0;
        }
        var definitions = Definitions.read("features.yaml", DEFINITIONS);
        try (var store = FeatureStore.open(folder.resolve("feature-store"), definitions)) {
            store.appendFile("item", folder.resolve("item.csv"));
            return new Report(
                    clicks.length,
                    count,
                    Scorer.auc(rates(store, folder, "log_end"), clicks),
                    Scorer.auc(rates(store, folder, "time"), clicks));
        }
    }

    /// Writes the events and the labels.
    ///
    /// @return whether each line was clicked
    private static List<Boolean> convert(Path log, Path folder) throws IOException {
        List<String> items = new ArrayList<>();
        List<String> times = new ArrayList<>();
        List<Boolean> clicked = new ArrayList<>();
        long last = Times.MINUS_INFINITY;
        try (var in = Files.newBufferedReader(log)) {
            var reader = new CsvReader(in, log.toString());
            int time = reader.column("timestamp");
            int item = reader.column("item_id");
            int click = reader.column("click");
            Optional<CsvRecord> line = reader.next();
            while (line.isPresent()) {
                String[] cells = line.get().cells();
                long moment = Times.parse(cells[time].replace(' ', 'T'));
                last = Math.max(last, moment);
                items.add(cells[item]);
                times.add(Times.text(moment));
                clicked.add(cells[click].equals("1"));
                line = reader.next();
            }
        }
        String end = Times.text(last + 1);
        try (Writer events = Files.newBufferedWriter(folder.resolve("item.csv"));
                Writer labels = Files.newBufferedWriter(folder.resolve("labels.csv"))) {
            events.write("item,event_time,click\n");
            labels.write("item,time,log_end,clicked\n");
            for (int i = 0; i < items.size(); i++) {
                int click = clicked.get(i) ? 1 : 0;
                events.write("%s,%s,%d\n".formatted(items.get(i), times.get(i), click));
                labels.write("%s,%s,%s,%d\n".formatted(items.get(i), times.get(i), end, click));
            }
        }
        return clicked;
    }

    private static double[] rates(FeatureStore store, Path folder, String time) throws IOException {
        Path out = folder.resolve("training-by-%s.csv".formatted(time));
        store.buildTrainingSet(
                new TrainingSetRequest(FEATURES, time, Mode.KNOWN_AT_THE_TIME),
                folder.resolve("labels.csv"),
                out,
                BuildProgress.UNWATCHED);
        List<Double> rates = new ArrayList<>();
        try (var in = Files.newBufferedReader(out)) {
            var reader = new CsvReader(in, out.toString());
            int clicks = reader.column("item.clicks");
            int shown = reader.column("item.shown");
            Optional<CsvRecord> line = reader.next();
            while (line.isPresent()) {
                String[] cells = line.get().cells();
                rates.add(rate(number(cells[clicks]), number(cells[shown])));
                line = reader.next();
            }
        }
        return rates.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /// An item's click rate, which begins at one in two hundred.
    static double rate(double clicks, double shown) {
        return (PRIOR_CLICKS + clicks) / (PRIOR_SHOWN + shown);
    }

    private static double number(String cell) {
        return cell.isEmpty() ? 0 : Double.parseDouble(cell);
    }
}
