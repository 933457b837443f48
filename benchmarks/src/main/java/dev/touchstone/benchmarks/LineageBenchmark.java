package dev.touchstone.benchmarks;

import dev.touchstone.features.Definitions;
import dev.touchstone.features.Lineage;
import dev.touchstone.simulation.RandomStreams;
import java.util.Arrays;
import java.util.Locale;
import java.util.random.RandomGenerator;

/// What breaks when a view, a feature or an event's column goes, among 100,000 features in 1,000
/// views that 500 models read.
///
/// ```sh
/// java -cp benchmarks/target/benchmarks.jar dev.touchstone.benchmarks.LineageBenchmark
/// ```
///
/// Shows the first question of a fresh process, with the lineage made for it, and the median and
/// the slowest of a thousand more.
public final class LineageBenchmark {
    private static final int VIEWS = 1_000;
    private static final int FEATURES = 100;
    private static final int MODELS = 500;
    private static final int QUESTIONS = 1_000;

    private LineageBenchmark() {}

    public static void main(String[] arguments) {
        RandomGenerator random = new RandomStreams(1).stream("lineage");
        long start = System.nanoTime();
        Definitions definitions = Definitions.read("features.yaml", text(random));
        double readMillis = millis(start);
        start = System.nanoTime();
        var lineage = new Lineage(definitions);
        int broken = lineage.breaks("view-7:amount").features().size();
        double firstMillis = millis(start);
        double[] askedMillis = new double[QUESTIONS];
        for (int i = 0; i < QUESTIONS; i++) {
            String view = "view-" + random.nextInt(VIEWS);
            String name =
                    switch (i % 3) {
                        case 0 -> view;
                        case 1 -> view + ".f" + random.nextInt(FEATURES);
                        default -> view + ":amount";
                    };
            start = System.nanoTime();
            broken += lineage.breaks(name).models().size();
            askedMillis[i] = millis(start);
        }
        Arrays.sort(askedMillis);
        System.out.printf(
                Locale.ROOT,
                "%,d features: read in %.0f ms, first question %.1f ms, then median %.3f and at most"
                        + " %.2f ms (%,d broken)%n",
                VIEWS * FEATURES,
                readMillis,
                firstMillis,
                askedMillis[QUESTIONS / 2],
                askedMillis[QUESTIONS - 1],
                broken);
    }

    private static double millis(long start) {
        return (System.nanoTime() - start) / 1e6;
    }

    private static String text(RandomGenerator random) {
        var text = new StringBuilder("views:\n");
        for (int v = 0; v < VIEWS; v++) {
            text.append(
                    "  view-%d:\n    owner: team-%d\n    key: {k: long}\n".formatted(v, v % 40));
            text.append("    events: {amount: double, fee: double}\n    features:\n");
            for (int f = 0; f < FEATURES; f++) {
                text.append(
                        "      f%d: {sum: %s, window: %dh}%n"
                                .formatted(f, f % 2 == 0 ? "amount" : "fee", 1 + f));
            }
        }
        text.append("models:\n");
        for (int m = 0; m < MODELS; m++) {
            text.append("  model-%d: {owner: ml-%d, features: [".formatted(m, m % 20));
            int first = random.nextInt(VIEWS);
            for (int f = 0; f < 50; f++) {
                text.append(f == 0 ? "" : ", ")
                        .append(
                                "view-%d.f%d"
                                        .formatted((first + f) % VIEWS, random.nextInt(FEATURES)));
            }
            text.append("]}\n");
        }
        return text.toString();
    }
}
