package dev.touchstone.app.internal.cli;

import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.ParityReport;
import dev.touchstone.features.ParityReport.Cause;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `touchstone features parity`.
@Command(
        name = "parity",
        description = {
            "Replays what was served as a training set would be given it, and counts what differs.",
            "Exit code 1 when anything does, or a view cannot be read."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class FeaturesParityCommand implements Callable<Integer> {
    private final Console console;

    @Option(
            names = "--per-mille",
            paramLabel = "N",
            defaultValue = "1000",
            description = "How many of a thousand reads to look at (${DEFAULT-VALUE}).")
    private int perMille;

    @Option(
            names = "--examples",
            paramLabel = "N",
            defaultValue = "10",
            description = "How many differences to show (${DEFAULT-VALUE}).")
    private int examples;

    @Mixin private FeatureStoreOptions options = new FeatureStoreOptions();

    private boolean differs;

    FeaturesParityCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        options.reading(this::audit);
        return differs ? 1 : 0;
    }

    private void audit(FeatureStore store) throws IOException {
        ParityReport report = store.parity(perMille, examples);
        Map<String, String> broken = store.broken();
        broken.forEach(
                (view, why) -> console.out().printf("view %s is not replayed: %s%n", view, why));
        differs = report.matchRate() < 1 || !broken.isEmpty();
        for (ParityReport.Difference example : report.examples()) {
            console.out()
                    .printf(
                            "%s %s at %s: served %s, replayed %s: %s%n",
                            example.rowId(),
                            example.feature(),
                            Times.text(example.asOf()),
                            text(example.served()),
                            text(example.replayed()),
                            example.cause().name().toLowerCase(Locale.ROOT));
        }
        console.out()
                .printf(
                        Locale.ROOT,
                        "%-32s %12s %10s %8s %8s %8s %8s %8s%n",
                        "%,d reads".formatted(report.reads()),
                        "cells",
                        "match",
                        "late",
                        "restated",
                        "clock",
                        "missing",
                        "skew");
        report.features().forEach(this::line);
        if (report.features().isEmpty()) {
            console.out().println("Nothing was served that could be compared.");
            return;
        }
        console.out()
                .printf(
                        Locale.ROOT,
                        "%.3f %% of all cells are what a training set is given.%n",
                        100 * report.matchRate());
    }

    private void line(ParityReport.FeaturePart part) {
        console.out()
                .printf(
                        Locale.ROOT,
                        "%-32s %,12d %8.3f %% %,8d %,8d %,8d %,8d %,8d%n",
                        part.name(),
                        part.cells(),
                        100 * part.matchRate(),
                        part.causes().getOrDefault(Cause.LATE, 0L),
                        part.causes().getOrDefault(Cause.RESTATED, 0L),
                        part.causes().getOrDefault(Cause.CLOCK, 0L),
                        part.causes().getOrDefault(Cause.MISSING, 0L),
                        part.causes().getOrDefault(Cause.SKEW, 0L));
    }

    private static String text(Value value) {
        return switch (value) {
            case Value.Missing _ -> "nothing";
            case Value.Real(double real) -> "" + real;
            case Value.Whole(long whole) -> "" + whole;
            case Value.Text(String text) -> "'" + text + "'";
            case Value.Truth(boolean truth) -> "" + truth;
        };
    }
}
