package dev.touchstone.llm.hardware.validation;

import dev.touchstone.llm.ElementType;
import dev.touchstone.llm.hardware.CsvTable;
import dev.touchstone.llm.hardware.HardwareProfile;
import dev.touchstone.llm.hardware.KernelExecutor;
import dev.touchstone.llm.hardware.ModelArchitecture;
import dev.touchstone.llm.hardware.validation.ValidationReport.Prediction;
import dev.touchstone.simulation.Distribution.Exponential;
import dev.touchstone.simulation.RandomStreams;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// Figures that others published about serving on H100s, as `published.csv` cites them.
final class PublishedPoints {
    /// Contexts between which the line through single decodes is drawn, and the step between them.
    private static final int LINE_TOKENS = 131_072;

    private static final int LINE_STEP = 2_048;

    /// Settings of the servers behind the points with arrivals, and their prompts: nine beginnings
    /// with five users each, asked again and again.
    private static final int BUDGET = 2_048;

    private static final int SEQUENCES = 128;
    private static final int DISTINCT_PROMPTS = 45;
    private static final double STAGE_SECONDS = 600;
    private static final int SEEDS = 3;

    private PublishedPoints() {}

    /// A published figure.
    ///
    /// @param load how many requests at once, of how many, or how many a second, as `kind` needs it
    record Point(
            int number,
            String kind,
            ModelArchitecture model,
            int gpus,
            String engine,
            int prompt,
            int output,
            String load,
            String quantity,
            String unit,
            double measured) {
        String setup() {
            String cache = model.spec().kvType() == ElementType.FP8 ? ", fp8 cache" : "";
            String name = model.spec().name() + cache;
            return switch (kind) {
                case "line" -> name + ", one sequence";
                case "burst" ->
                        "%s, %d in %d out, %s requests, 8 at once"
                                .formatted(name, prompt, output, load.split(" ", -1)[1]);
                case "arrivals" ->
                        "%s, %d in %d out, %s a second"
                                .formatted(name, prompt, output, load.replace(" ", " then "));
                case "closed" ->
                        "%s, %d in %d out, %s at once".formatted(name, prompt, output, load);
                case "batch" -> "%s, TP%d, batch %s of %d".formatted(name, gpus, load, prompt);
                default -> "%s, %d tokens".formatted(name, prompt);
            };
        }

        int load(int index) {
            return Integer.parseInt(load.split(" ", -1)[index]);
        }
    }

    /// Reads the points.
    static List<Point> read(CsvTable table) {
        List<Point> points = new ArrayList<>();
        for (int row = 0; row < table.size(); row++) {
            String name = table.text(row, "model");
            ModelArchitecture model =
                    ModelArchitecture.ALL.stream()
                            .filter(known -> known.spec().name().equals(name))
                            .findFirst()
                            .orElseThrow(() -> new IllegalStateException("no model " + name));
            points.add(
                    new Point(
                            table.wholeNumber(row, "point", 1),
                            table.text(row, "kind"),
                            table.text(row, "cache").equals("fp8")
                                    ? model.withKvType(ElementType.FP8)
                                    : model,
                            table.wholeNumber(row, "gpus", 1),
                            table.text(row, "engine"),
                            table.wholeNumber(row, "prompt", 1),
                            table.wholeNumber(row, "output", 1),
                            table.text(row, "load"),
                            table.text(row, "quantity"),
                            table.text(row, "unit"),
                            table.positive(row, "measured")));
        }
        return points;
    }

    /// Every quantity that can be predicted of a point's setup, by name.
    static Map<String, Prediction> predict(Point point, KernelExecutor plain) {
        KernelExecutor executor = plain.with(Servers.host(point.engine));
        return switch (point.kind) {
            case "line" -> line(executor);
            case "burst" -> burst(point, executor);
            case "arrivals" -> arrivals(point, executor);
            case "closed" -> Map.of("TPOT", Prediction.of(outOfStep(point, executor).tpot()));
            case "batch" -> batch(point, executor);
            case "layer" ->
                    Map.of(
                            "layer",
                            Prediction.of(
                                    executor.denseMicros(point.prompt)
                                            / point.model.spec().layers()));
            default -> throw new IllegalStateException("no kind of point " + point.kind);
        };
    }

    /// The least-squares line through decodes of one sequence.
    private static Map<String, Prediction> line(KernelExecutor executor) {
        double n = 0;
        double sumX = 0;
        double sumY = 0;
        double sumXx = 0;
        double sumXy = 0;
        for (int x = LINE_STEP; x <= LINE_TOKENS; x += LINE_STEP) {
            double y = executor.decodeMicros(1, x) / 1e3;
            n++;
            sumX += x;
            sumY += y;
            sumXx += (double) x * x;
            sumXy += x * y;
        }
        double slope = (n * sumXy - sumX * sumY) / (n * sumXx - sumX * sumX);
        return Map.of(
                "slope",
                Prediction.of(slope),
                "intercept",
                Prediction.of((sumY - slope * sumX) / n));
    }

    /// Throughput and duration as they are while so many are in flight, without the ends.
    private static Map<String, Prediction> burst(Point point, KernelExecutor executor) {
        StaticBatches.Prediction seen = outOfStep(point, executor);
        double requestSeconds = (seen.ttft() + (point.output - 1) * seen.tpot()) / 1e3;
        double tokensPerSecond = point.load(0) * point.output / requestSeconds;
        return Map.of(
                "TTFT", Prediction.of(seen.ttft()),
                "TPOT", Prediction.of(seen.tpot()),
                "output", Prediction.of(tokensPerSecond),
                "duration", Prediction.of(point.load(1) * point.output / tokensPerSecond));
    }

    private static StaticBatches.Prediction outOfStep(Point point, KernelExecutor executor) {
        return StaticBatches.outOfStep(
                point.model,
                point.gpus,
                new int[] {point.prompt, point.output},
                point.load(0),
                executor);
    }

    private static Map<String, Prediction> arrivals(Point point, KernelExecutor executor) {
        double clientMillis = HardwareProfile.shipped("engines").number("http.request-ms");
        double[][] seen = new double[3][SEEDS];
        for (int seed = 0; seed < SEEDS; seed++) {
            ServingRun run =
                    ServingRun.open(
                            Servers.h100(
                                    point.model,
                                    point.gpus,
                                    Servers.batching(BUDGET, SEQUENCES),
                                    executor),
                            poisson(point, seed));
            seen[0][seed] = mean(run, Quantity.TTFT) + clientMillis;
            seen[1][seed] = mean(run, Quantity.TPOT);
            seen[2][seed] = mean(run, Quantity.END_TO_END) + clientMillis;
        }
        Map<String, Prediction> predictions = new LinkedHashMap<>();
        predictions.put("TTFT", over(seen[0]));
        predictions.put("ITL", over(seen[1]));
        predictions.put("E2E", over(seen[2]));
        return predictions;
    }

    private static ServingRun.Load poisson(Point point, long seed) {
        RandomGenerator random = new RandomStreams(seed).stream("arrivals");
        List<Long> nanos = new ArrayList<>();
        double now = 0;
        for (int stage = 0; stage < 2; stage++) {
            var gap = new Exponential(1.0 / point.load(stage));
            double end = (stage + 1) * STAGE_SECONDS;
            for (now += gap.sample(random); now < end; now += gap.sample(random)) {
                nanos.add(Math.round(1e9 * now));
            }
            now = end;
        }
        var load = new ServingRun.Load(nanos.size(), DISTINCT_PROMPTS);
        for (int i = 0; i < load.size(); i++) {
            load.set(i, nanos.get(i), point.prompt, point.output);
        }
        return load;
    }

    private static Map<String, Prediction> batch(Point point, KernelExecutor executor) {
        int size = point.load(0);
        return Map.of(
                "prefill",
                Prediction.of(executor.prefillMicros(size, point.prompt, 0) / 1e3),
                "token",
                Prediction.of(executor.decodeMicros(size, (long) size * point.prompt) / 1e3));
    }

    private enum Quantity {
        TTFT,
        TPOT,
        END_TO_END
    }

    private static double mean(ServingRun run, Quantity quantity) {
        double sum = 0;
        for (int i = 0; i < run.size(); i++) {
            sum +=
                    switch (quantity) {
                        case TTFT -> run.ttft(i);
                        case TPOT -> run.tpot(i);
                        case END_TO_END -> run.endToEnd(i);
                    };
        }
        return sum / run.size();
    }

    private static Prediction over(double[] seeds) {
        double sum = 0;
        double low = Double.POSITIVE_INFINITY;
        double high = 0;
        for (double value : seeds) {
            sum += value;
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        return new Prediction(sum / seeds.length, low, high);
    }
}
