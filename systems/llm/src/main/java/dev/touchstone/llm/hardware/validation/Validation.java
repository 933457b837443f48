package dev.touchstone.llm.hardware.validation;

import dev.touchstone.llm.Accelerator;
import dev.touchstone.llm.hardware.CsvTable;
import dev.touchstone.llm.hardware.Hardware;
import dev.touchstone.llm.hardware.HardwareProfile;
import dev.touchstone.llm.hardware.KernelExecutor;
import dev.touchstone.llm.hardware.KernelTables;
import dev.touchstone.llm.hardware.ModelArchitecture;
import dev.touchstone.llm.hardware.validation.PublishedPoints.Point;
import dev.touchstone.llm.hardware.validation.StaticBatches.Batch;
import dev.touchstone.llm.hardware.validation.ValidationReport.Half;
import dev.touchstone.llm.hardware.validation.ValidationReport.Prediction;
import dev.touchstone.llm.hardware.validation.ValidationReport.Row;
import dev.touchstone.llm.hardware.validation.ValidationReport.Section;
import dev.touchstone.llm.hardware.validation.ValidationReport.Summary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/// Compares both cost models, measured tables and shipped coefficients, with what others measured.
public final class Validation {
    private static final double[] QUANTILES = {0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99};

    private final Path data;
    private final KernelTables tables;
    private final Map<ModelArchitecture, Map<Integer, KernelExecutor>> measured = new HashMap<>();
    private final Map<ModelArchitecture, Map<Integer, KernelExecutor>> shipped = new HashMap<>();

    private Validation(Path data) throws IOException {
        this.data = data;
        tables = KernelTables.read(data.resolve("llm-hardware"), "h100");
    }

    /// Runs all comparisons, which takes some seconds.
    ///
    /// @param data a folder with the folders `llm-hardware` (kernel tables) and `llm-measured`
    /// @throws dev.touchstone.llm.hardware.MalformedTableException naming file, line and field
    public static ValidationReport run(Path data) throws IOException {
        var validation = new Validation(data);
        return new ValidationReport(
                List.of(
                        validation.published(),
                        validation.staticBatches(),
                        validation.requests(),
                        validation.profileAgainstTables()));
    }

    /// How many milliseconds more than the engine's own time to first token clients saw at the
    /// published points with arrivals that may be fitted to: their median.
    public static double clientMillis(Path data) throws IOException {
        double already = HardwareProfile.shipped("engines").number("http.request-ms");
        return ValidationReport.quantile(
                new Validation(data)
                        .published().rows().stream()
                                .filter(row -> row.half() == Half.FITTED)
                                .mapToDouble(
                                        row -> row.measured() - (row.tables().value() - already))
                                .sorted()
                                .toArray(),
                0.5);
    }

    private Section published() throws IOException {
        List<Point> points =
                PublishedPoints.read(
                        CsvTable.read(
                                Objects.requireNonNull(
                                        Validation.class.getResourceAsStream("published.csv")),
                                "published.csv"));
        List<Row> rows = new ArrayList<>();
        Map<String, Prediction> byTables = Map.of();
        Map<String, Prediction> byProfile = Map.of();
        String setup = "";
        for (Point point : points) {
            String name = "%d. %s".formatted(point.number(), point.setup());
            if (!name.equals(setup)) {
                setup = name;
                byTables = PublishedPoints.predict(point, measured(point.model(), point.gpus()));
                byProfile = PublishedPoints.predict(point, shipped(point.model(), point.gpus()));
            }
            boolean fitted =
                    point.kind().equals("arrivals")
                            && point.quantity().equals("TTFT")
                            && !Halves.heldOut(setup);
            rows.add(
                    new Row(
                            setup,
                            point.quantity(),
                            point.unit(),
                            fitted ? Half.FITTED : Half.HELD_OUT,
                            point.measured(),
                            predicted(byTables, point),
                            predicted(byProfile, point)));
        }
        return new Section(
                "Published points",
                "Figures that blogs and repositories give about serving on H100s.",
                rows,
                true,
                summaries(
                        rows,
                        List.of(
                                new Group("time to first token", row -> is(row, "TTFT")),
                                new Group(
                                        "time per token", row -> is(row, "TPOT") || is(row, "ITL")),
                                new Group("end to end", row -> is(row, "E2E")))));
    }

    private static Prediction predicted(Map<String, Prediction> predictions, Point point) {
        Prediction prediction = predictions.get(point.quantity());
        if (prediction == null) {
            throw new IllegalStateException(
                    "%s: %s is not among %s"
                            .formatted(point.setup(), point.quantity(), predictions.keySet()));
        }
        return prediction;
    }

    private Section staticBatches() throws IOException {
        List<Row> rows = new ArrayList<>();
        var groups = new TreeSet<String>();
        for (Batch batch :
                StaticBatches.read(data.resolve("llm-measured/h100-static-batches.csv"))) {
            var host =
                    Servers.host(
                            batch.engine().equals("vllm") ? "vllm-synchronous" : batch.engine());
            StaticBatches.Prediction byTables =
                    StaticBatches.predict(batch, measured(batch.model(), batch.gpus()).with(host));
            StaticBatches.Prediction byProfile =
                    StaticBatches.predict(batch, shipped(batch.model(), batch.gpus()).with(host));
            groups.add(batch.engine() + " ");
            groups.add("TP" + batch.gpus());
            rows.add(
                    new Row(
                            batch.setup(),
                            "TPOT",
                            "ms",
                            batch.heldOut() ? Half.HELD_OUT : Half.FITTED,
                            batch.tpot(),
                            Prediction.of(byTables.tpot()),
                            Prediction.of(byProfile.tpot())));
            rows.add(
                    new Row(
                            batch.setup(),
                            "TTFT",
                            "ms",
                            Half.HELD_OUT,
                            batch.ttft(),
                            Prediction.of(byTables.ttft()),
                            Prediction.of(byProfile.ttft())));
        }
        List<Group> summed = new ArrayList<>();
        for (String quantity : List.of("TPOT", "TTFT")) {
            summed.add(new Group(quantity + ", all", row -> is(row, quantity)));
            for (String group : groups) {
                summed.add(
                        new Group(
                                quantity + ", " + group.strip(),
                                row -> is(row, quantity) && row.setup().contains(group)));
            }
        }
        return new Section(
                "Static batches",
                "Llama 3.1 8B and Qwen3 32B on one to eight H100s under three engines.",
                rows,
                false,
                summaries(rows, summed));
    }

    private Section requests() throws IOException {
        RequestReplay replay = RequestReplay.read(data.resolve("llm-measured"));
        ServingRun byTables = replay.run(Hardware.measuredRtxPro6000(data.resolve("llm-hardware")));
        ServingRun byProfile =
                replay.run(
                        Hardware.executor(
                                ModelArchitecture.LLAMA_3_1_8B, Accelerator.RTX_PRO_6000, 1));
        List<Row> rows = new ArrayList<>();
        for (Half half : Half.values()) {
            IntPredicate in = request -> RequestReplay.heldOut(request) == (half == Half.HELD_OUT);
            rows.addAll(
                    distribution(
                            "TTFT", half, replay.ttft(in), byTables.ttft(in), byProfile.ttft(in)));
            rows.addAll(
                    distribution(
                            "TPOT", half, replay.tpot(in), byTables.tpot(in), byProfile.tpot(in)));
        }
        return new Section(
                "300 requests to vLLM",
                "Llama 3.1 8B on an RTX PRO 6000, replayed through the scheduler with that server's"
                        + " settings.",
                rows,
                true,
                summaries(
                        rows,
                        List.of(
                                new Group("TTFT", row -> row.quantity().startsWith("TTFT")),
                                new Group("TPOT", row -> row.quantity().startsWith("TPOT")))));
    }

    private static List<Row> distribution(
            String quantity, Half half, double[] seen, double[] byTables, double[] byProfile) {
        List<Row> rows = new ArrayList<>();
        String setup = half == Half.FITTED ? "requests fitted to" : "requests held out";
        rows.add(
                new Row(
                        setup,
                        quantity + " mean",
                        "ms",
                        half,
                        mean(seen),
                        Prediction.of(mean(byTables)),
                        Prediction.of(mean(byProfile))));
        for (double share : QUANTILES) {
            rows.add(
                    new Row(
                            setup,
                            "%s p%.0f".formatted(quantity, 100 * share),
                            "ms",
                            half,
                            ValidationReport.quantile(seen, share),
                            Prediction.of(ValidationReport.quantile(byTables, share)),
                            Prediction.of(ValidationReport.quantile(byProfile, share))));
        }
        return rows;
    }

    /// The tables stand for the measurement here.
    private Section profileAgainstTables() {
        List<Row> rows = new ArrayList<>();
        for (ModelArchitecture model : ModelArchitecture.ALL) {
            for (int gpus : new int[] {1, 2, 4, 8}) {
                KernelExecutor byTables = measured(model, gpus);
                KernelExecutor byProfile = shipped(model, gpus);
                for (int size : new int[] {1, 8, 32, 128, 256}) {
                    for (int length : new int[] {500, 2_000, 8_000}) {
                        rows.add(
                                compared(
                                        "decode",
                                        byTables.decodeMicros(size, (long) size * length),
                                        byProfile.decodeMicros(size, (long) size * length)));
                    }
                }
                for (int tokens : new int[] {128, 512, 2_048, 8_192}) {
                    rows.add(
                            compared(
                                    "prefill",
                                    byTables.prefillMicros(1, tokens, 0),
                                    byProfile.prefillMicros(1, tokens, 0)));
                }
            }
        }
        return new Section(
                "Shipped coefficients against the tables",
                "Steps of six models on one to eight H100s; the tables stand for the measurement.",
                rows,
                false,
                summaries(
                        rows,
                        List.of(
                                new Group("decode steps", row -> is(row, "decode")),
                                new Group("prefill steps", row -> is(row, "prefill")))));
    }

    private static Row compared(String quantity, double tables, double profile) {
        return new Row(
                "H100",
                quantity,
                "µs",
                Half.FITTED,
                tables,
                Prediction.of(tables),
                Prediction.of(profile));
    }

    /// Rows to be summed up together.
    private record Group(String name, Predicate<Row> rows) {}

    private static List<Summary> summaries(List<Row> rows, List<Group> groups) {
        List<Summary> summaries = new ArrayList<>();
        for (Half half : Half.values()) {
            String name = half == Half.FITTED ? "fitted to" : "held out";
            for (Group group : groups) {
                Predicate<Row> in = row -> row.half() == half && group.rows.test(row);
                if (rows.stream().anyMatch(in)) {
                    String title = "%s, %s".formatted(name, group.name);
                    summaries.add(
                            Summary.of(
                                    title + ", tables",
                                    rows,
                                    in,
                                    row -> row.tables().error(row.measured())));
                    summaries.add(
                            Summary.of(
                                    title + ", profile",
                                    rows,
                                    in,
                                    row -> row.profile().error(row.measured())));
                }
            }
        }
        return summaries;
    }

    private static boolean is(Row row, String quantity) {
        return row.quantity().equals(quantity);
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    private KernelExecutor measured(ModelArchitecture model, int gpus) {
        return measured.computeIfAbsent(model, _ -> new HashMap<>())
                .computeIfAbsent(gpus, _ -> Hardware.measured(tables, model, gpus));
    }

    private KernelExecutor shipped(ModelArchitecture model, int gpus) {
        return shipped.computeIfAbsent(model, _ -> new HashMap<>())
                .computeIfAbsent(gpus, _ -> Hardware.executor(model, Accelerator.H100, gpus));
    }
}
