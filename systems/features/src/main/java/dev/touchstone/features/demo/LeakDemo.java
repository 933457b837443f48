package dev.touchstone.features.demo;

import dev.touchstone.features.BuildProgress;
import dev.touchstone.features.Column;
import dev.touchstone.features.Definitions;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.LeakAudit;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Times;
import dev.touchstone.features.TrainingSetRequest;
import dev.touchstone.features.Value;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.demo.FraudMonth.Payment;
import dev.touchstone.features.internal.csv.CsvReader;
import dev.touchstone.features.internal.csv.CsvRecord;
import dev.touchstone.simulation.RandomStreams;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// From definitions to a leak and its cure, on payments that it makes.
public final class LeakDemo {
    /// The features of every training set here.
    public static final List<String> FEATURES =
            List.of(
                    "account.payments_30d",
                    "account.countries_30d",
                    "merchant.chargebacks_90d",
                    "device.failed_logins_24h");

    private static final String DEFINITIONS =
            """
            # What a fraud model is given about a payment.
            views:
              account:                   # a nightly job, 18 to 36 hours late
                owner: payments-risk
                key: {account: text}
                features: {payments_30d: long, countries_30d: long}
              merchant:                  # the same job
                owner: payments-risk
                key: {merchant: long}
                features: {chargebacks_90d: long}
              device:                    # a stream, one second late
                owner: identity
                key: {device: text}
                features: {failed_logins_24h: long}
            """;

    private final Path folder;
    private final FraudMonth month;
    private final boolean[] half;

    private LeakDemo(Path folder, RandomStreams streams) {
        this.folder = folder;
        this.month = FraudMonth.generate(streams);
        this.half = new boolean[month.payments().size()];
        RandomGenerator random = streams.stream("halves");
        for (int i = 0; i < half.length; i++) {
            half[i] = random.nextBoolean();
        }
    }

    /// A model on one set of cells.
    ///
    /// @param auc area under the ROC curve
    /// @param topDecile precision among the tenth with the highest scores
    /// @param coverage share of cells with a value
    public record Measured(double auc, double topDecile, double coverage) {}

    /// A training set.
    ///
    /// @param file its name in the folder
    /// @param offline its own model on cells from the same join
    /// @param online the same model on the cells that were served
    public record Trained(String file, Measured offline, Measured online) {
        /// How much better it looks than it is.
        public double gap() {
            return offline.auc() - online.auc();
        }
    }

    /// The as-of set beside what was served.
    ///
    /// @param same cells with the same value, or none in both
    /// @param notServed cells for each feature that had a value and were served empty
    /// @param different all other cells
    public record Parity(long same, Map<String, Long> notServed, long different) {}

    /// A payment to look at.
    ///
    /// @param snapshot its account's `payments_30d` at the end of the month
    /// @param known the same at the payment's moment
    public record Example(String account, String time, String snapshot, String known) {}

    /// What came of it.
    ///
    /// @param rows in the history of each view
    /// @param naive joined with the end of the month
    /// @param eventTime joined by event time, late rows included
    /// @param asOf joined as known at the time
    /// @param audit of the naive set
    public record Report(
            long payments,
            Map<String, Long> rows,
            Trained naive,
            Trained eventTime,
            Trained asOf,
            Parity parity,
            LeakAudit audit,
            Example example) {}

    /// Makes the data, the store and three training sets in a folder.
    ///
    /// @param folder new or empty
    /// @throws FileAlreadyExistsException when there is something in it
    public static Report run(Path folder, long seed) throws IOException {
        Files.createDirectories(folder);
        try (Stream<Path> files = Files.list(folder)) {
            if (files.findAny().isPresent()) {
                throw new FileAlreadyExistsException(
                        folder.toString(), null, "is not empty; name another folder or remove it");
            }
        }
        return new LeakDemo(folder, new RandomStreams(seed).child("features demo")).report();
    }

    private Report report() throws IOException {
        Path file = Files.writeString(folder.resolve("features.yaml"), DEFINITIONS);
        Definitions definitions = Definitions.read(file.toString(), DEFINITIONS);
        writeLabels();
        writeServed(definitions);
        Map<String, Long> rows = new LinkedHashMap<>();
        try (var store = FeatureStore.open(folder.resolve("feature-store"), definitions)) {
            for (ViewDefinition definition : definitions.views()) {
                FeatureView view = definition.view();
                rows.put(view.name(), store.appendFile(view.name(), writeRows(view)).rows());
            }
            double[][] served = cells("served.csv");
            double[][] naive = join(store, "naive.csv", "month_end", Mode.KNOWN_AT_THE_TIME);
            double[][] event = join(store, "event-time.csv", "time", Mode.EVENT_TIME);
            double[][] asOf = join(store, "as-of.csv", "time", Mode.KNOWN_AT_THE_TIME);
            return new Report(
                    month.payments().size(),
                    rows,
                    trained("naive.csv", naive, served),
                    trained("event-time.csv", event, served),
                    trained("as-of.csv", asOf, served),
                    parity(asOf, served),
                    store.audit(folder.resolve("naive.csv"), "time", Map.of(), _ -> {}),
                    example(naive, asOf));
        }
    }

    private double[][] join(FeatureStore store, String name, String time, Mode mode)
            throws IOException {
        store.buildTrainingSet(
                new TrainingSetRequest(FEATURES, time, mode),
                folder.resolve("labels.csv"),
                folder.resolve(name),
                BuildProgress.UNWATCHED);
        return cells(name);
    }

    private double[][] cells(String name) throws IOException {
        Path file = folder.resolve(name);
        try (var reader = Files.newBufferedReader(file)) {
            var csv = new CsvReader(reader, file.toString());
            int[] at = new int[FEATURES.size()];
            for (int f = 0; f < at.length; f++) {
                at[f] = csv.column(FEATURES.get(f));
            }
            List<double[]> cells = new ArrayList<>();
            Optional<CsvRecord> line = csv.next();
            while (line.isPresent()) {
                CsvRecord its = line.get();
                cells.add(
                        Arrays.stream(at)
                                .mapToDouble(column ->
                                        its.isMissing(column)
                                                ? Double.NaN
                                                : Double.parseDouble(its.cells()[column]))
                                .toArray());
                line = csv.next();
            }
            return cells.toArray(double[][]::new);
        }
    }

    private Trained trained(String file, double[][] set, double[][] served) {
        return new Trained(file, measured(set, set), measured(set, served));
    }

    private Measured measured(double[][] training, double[][] scored) {
        boolean[] fraud = new boolean[scored.length];
        for (int i = 0; i < fraud.length; i++) {
            fraud[i] = month.payments().get(i).fraud();
        }
        Scorer.Quality quality = Scorer.quality(training, scored, fraud, half);
        double coverage =
                Arrays.stream(scored)
                        .flatMapToDouble(Arrays::stream)
                        .map(cell -> Double.isNaN(cell) ? 0 : 1)
                        .average()
                        .orElse(1);
        return new Measured(quality.auc(), quality.topDecile(), coverage);
    }

    private static Parity parity(double[][] asOf, double[][] served) {
        long same = 0;
        long different = 0;
        Map<String, Long> notServed = new LinkedHashMap<>();
        FEATURES.forEach(feature -> notServed.put(feature, 0L));
        for (int i = 0; i < asOf.length; i++) {
            for (int f = 0; f < FEATURES.size(); f++) {
                if (Double.compare(asOf[i][f], served[i][f]) == 0) {
                    same++;
                } else if (Double.isNaN(served[i][f])) {
                    notServed.merge(FEATURES.get(f), 1L, Long::sum);
                } else {
                    different++;
                }
            }
        }
        return new Parity(same, notServed, different);
    }

    /// The fraud whose account grew the most between its payment and the end of the month.
    private Example example(double[][] naive, double[][] asOf) {
        int best = 0;
        double most = 0;
        for (int i = 0; i < naive.length; i++) {
            double growth = naive[i][0] - asOf[i][0];
            if (month.payments().get(i).fraud() && growth > most) {
                best = i;
                most = growth;
            }
        }
        Payment payment = month.payments().get(best);
        return new Example(
                payment.account(),
                Times.text(payment.time()),
                "%.0f".formatted(naive[best][0]),
                "%.0f".formatted(asOf[best][0]));
    }

    private void writeLabels() throws IOException {
        try (var out = Files.newBufferedWriter(folder.resolve("labels.csv"))) {
            out.write("payment,time,month_end,account,merchant,device,fraud\n");
            String end = Times.text(FraudMonth.MONTH_END);
            int number = 0;
            for (Payment payment : month.payments()) {
                line(
                        out,
                        List.of(
                                Integer.toString(number++),
                                Times.text(payment.time()),
                                end,
                                payment.account(),
                                Long.toString(payment.merchant()),
                                payment.device(),
                                payment.fraud() ? "1" : "0"));
            }
        }
    }

    private void writeServed(Definitions definitions) throws IOException {
        var serving = new Serving(month.payments());
        List<List<List<Value>>> views =
                definitions.views().stream()
                        .map(ViewDefinition::view)
                        .map(view -> serving.serve(view.name(), rows(view), view.features().size()))
                        .toList();
        try (var out = Files.newBufferedWriter(folder.resolve("served.csv"))) {
            out.write("payment," + String.join(",", FEATURES) + "\n");
            for (int i = 0; i < month.payments().size(); i++) {
                List<String> cells = new ArrayList<>(List.of(Integer.toString(i)));
                for (List<List<Value>> view : views) {
                    view.get(i).forEach(value -> cells.add(text(value)));
                }
                line(out, cells);
            }
        }
    }

    private List<FeatureRow> rows(FeatureView view) {
        return month.histories().getOrDefault(view.name(), List.of());
    }

    private Path writeRows(FeatureView view) throws IOException {
        Path file = folder.resolve(view.name() + ".csv");
        try (var out = Files.newBufferedWriter(file)) {
            String columns =
                    Stream.concat(view.key().stream(), view.features().stream())
                            .map(Column::name)
                            .collect(Collectors.joining(","));
            out.write(columns + ",event_time,available_time\n");
            for (FeatureRow row : rows(view)) {
                List<String> cells = new ArrayList<>();
                row.entity().parts().forEach(part -> cells.add(text(part)));
                row.values().forEach(value -> cells.add(text(value)));
                cells.add(Times.text(row.eventTime()));
                cells.add(Times.text(row.availableTime()));
                line(out, cells);
            }
        }
        return file;
    }

    private static void line(BufferedWriter out, List<String> cells) throws IOException {
        out.write(String.join(",", cells));
        out.write('\n');
    }

    private static String text(Value value) {
        return switch (value) {
            case Value.Missing _ -> "";
            case Value.Real(double real) -> Double.toString(real);
            case Value.Whole(long whole) -> Long.toString(whole);
            case Value.Text(String text) -> text;
            case Value.Truth(boolean truth) -> Boolean.toString(truth);
        };
    }
}
