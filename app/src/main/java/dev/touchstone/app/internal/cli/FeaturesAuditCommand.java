package dev.touchstone.app.internal.cli;

import dev.touchstone.app.internal.simulate.WholeFile;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.LeakAudit;
import dev.touchstone.features.LeakAudit.Finding;
import dev.touchstone.features.LeakAudit.Leak;
import dev.touchstone.features.LeakScreen;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `touchstone features audit`: does a training set know what nobody knew?
@Command(
        name = "audit",
        description = {
            "Compares a training set that was built elsewhere with the history, and proves every"
                    + " cell whose value could not be known at its label's moment.",
            "The set is CSV with the views' key columns, a time, and feature columns. The exit code"
                    + " is 1 when a cell leaks."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class FeaturesAuditCommand implements Callable<Integer> {
    private static final int SHOWN = 10;

    private final Console console;
    private final StringBuilder proofs =
            new StringBuilder(
                    "line,column,entity,label_time,value,event_time,available_time,lead\n");
    private long proven;

    @Parameters(index = "0", paramLabel = "FILE", description = "The training set.")
    private Path file = Path.of("");

    @Option(
            names = "--time",
            paramLabel = "COLUMN",
            defaultValue = "time",
            description = "The column with the labels' moments; time unless given.")
    private String time = "";

    @Option(
            names = "--column",
            paramLabel = "NAME=VIEW.FEATURE",
            description = {
                "Which feature a column holds; may be given several times.",
                "Without it, the columns that are named view.feature."
            })
    private Map<String, String> columns = new LinkedHashMap<>();

    @Option(
            names = "--proofs",
            paramLabel = "FILE",
            description = "Writes the proof of every leaked cell to a CSV file.")
    private Optional<Path> proofFile = Optional.empty();

    @Option(
            names = "--screen",
            paramLabel = "LABEL",
            description = {
                "Needs no history: looks for signs of leaks, with the outcome (0 or 1) in this"
                        + " column.",
                "A sign is no proof. The exit code is 1 when there is one."
            })
    private Optional<String> label = Optional.empty();

    @Option(
            names = "--too-good",
            paramLabel = "AUC",
            defaultValue = "0.95",
            description = "With --screen: from which AUC on a single column is suspicious.")
    private double tooGood;

    @Mixin private FeatureStoreOptions options = new FeatureStoreOptions();

    FeaturesAuditCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (label.isPresent()) {
            return screen(label.get());
        }
        var found = new LeakAudit[1];
        options.reading(store -> found[0] = audit(store));
        return found[0].leaked() > 0 ? ExitCode.SOFTWARE : ExitCode.OK;
    }

    private int screen(String outcome) {
        try {
            LeakScreen screen = LeakScreen.of(file, outcome, time, tooGood);
            console.print(table(screen));
            return screen.suspects() > 0 ? ExitCode.SOFTWARE : ExitCode.OK;
        } catch (NoSuchFileException e) {
            throw new CommandFailure("there is no file " + e.getFile(), e);
        } catch (IOException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private static String table(LeakScreen screen) {
        var text =
                new StringBuilder(
                        String.format(
                                Locale.ROOT,
                                "%-32s %9s %7s  signs of a leak%n",
                                "%,d labels, %,d positive"
                                        .formatted(screen.labels(), screen.positives()),
                                "coverage",
                                "AUC"));
        for (LeakScreen.ColumnPart column : screen.columns()) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "%-32s %8.1f%% %7s  %s%n",
                            column.name(),
                            100 * column.coverage(),
                            Double.isNaN(column.auc())
                                    ? "–"
                                    : String.format(Locale.ROOT, "%.3f", column.auc()),
                            column.signs().stream()
                                    .map(FeaturesAuditCommand::sign)
                                    .collect(Collectors.joining("; "))));
        }
        return text.append(
                        screen.suspects() == 0
                                ? "No column shows a sign of a leak.\n"
                                : "%,d columns show signs; look at when they are written.%n"
                                        .formatted(screen.suspects()))
                .toString();
    }

    private static String sign(LeakScreen.Sign sign) {
        return switch (sign) {
            case LeakScreen.Sign.TooGood(double auc) ->
                    String.format(Locale.ROOT, "TOO GOOD alone: AUC %.3f", auc);
            case LeakScreen.Sign.OnlyFor(double positives, double others) ->
                    String.format(
                            Locale.ROOT,
                            "PRESENT in %.1f %% of positives, %.1f %% of others",
                            100 * positives,
                            100 * others);
            case LeakScreen.Sign.AfterLabel(long cells, long worst) ->
                    "AFTER THE LABEL in %,d cells, up to %s".formatted(cells, lead(worst));
            case LeakScreen.Sign.SameAsLabel _ -> "IS THE LABEL under another name";
        };
    }

    private LeakAudit audit(FeatureStore store) throws IOException {
        LeakAudit audit = store.audit(file, time, columns, this::prove);
        console.print("%n%s%n".formatted(table(audit)));
        if (proofFile.isPresent()) {
            WholeFile.write(proofFile.get(), proofs.toString());
            console.out().println("Wrote " + proofFile.get());
        }
        return audit;
    }

    private void prove(Leak leak) {
        if (proven < SHOWN) {
            console.print(
                    "line %d, %s of %s: %s leaked%n  label %s, event %s, available %s, %s%n"
                            .formatted(
                                    leak.line(),
                                    leak.column(),
                                    entity(leak),
                                    text(leak.value()),
                                    Times.text(leak.labelTime()),
                                    Times.text(leak.row().eventTime()),
                                    Times.text(leak.row().availableTime()),
                                    lead(leak.leadNanos())));
        }
        proven++;
        if (proofFile.isPresent()) {
            proofs.append(
                    "%d,%s,%s,%s,%s,%s,%s,%s%n"
                            .formatted(
                                    leak.line(),
                                    quoted(leak.column()),
                                    quoted(entity(leak)),
                                    Times.text(leak.labelTime()),
                                    quoted(text(leak.value())),
                                    Times.text(leak.row().eventTime()),
                                    Times.text(leak.row().availableTime()),
                                    quoted(lead(leak.leadNanos()))));
        }
    }

    private String table(LeakAudit audit) {
        var text = new StringBuilder();
        text.append(
                String.format(
                        Locale.ROOT,
                        "%-28s %10s %9s %9s %9s %11s  %s%n",
                        "%,d labels".formatted(audit.labels()),
                        "as served",
                        "LEAKED",
                        "outdated",
                        "empty",
                        "unexplained",
                        "worst lead"));
        for (LeakAudit.ColumnPart column : audit.columns()) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "%-28s %,10d %,9d %,9d %,9d %,11d  %s%n",
                            column.name(),
                            column.count(Finding.AS_SERVED),
                            column.count(Finding.LEAKED),
                            column.count(Finding.OUTDATED),
                            column.count(Finding.EMPTY),
                            column.count(Finding.UNEXPLAINED),
                            column.count(Finding.LEAKED) == 0
                                    ? ""
                                    : lead(column.worstLeadNanos())));
        }
        return text.append(verdict(audit.leaked())).toString();
    }

    private static String verdict(long leaked) {
        return leaked == 0
                ? "No cell leaks."
                : "%,d cells leak: their values could not be known at their labels' moments."
                        .formatted(leaked);
    }

    private static String entity(Leak leak) {
        return leak.row().entity().parts().stream()
                .map(FeaturesAuditCommand::text)
                .reduce((one, other) -> one + " " + other)
                .orElse("");
    }

    private static String text(Value value) {
        return switch (value) {
            case Value.Missing _ -> "nothing";
            case Value.Real(double real) -> Double.toString(real);
            case Value.Whole(long whole) -> Long.toString(whole);
            case Value.Text(String text) -> text;
            case Value.Truth(boolean truth) -> Boolean.toString(truth);
        };
    }

    /// How long before it could be known, in the unit that fits.
    private static String lead(long nanos) {
        double seconds = nanos / 1e9;
        if (nanos == Times.INFINITY) {
            return "never known";
        }
        if (seconds >= 86_400) {
            return String.format(Locale.ROOT, "%.1f d too early", seconds / 86_400);
        }
        return seconds >= 3600
                ? String.format(Locale.ROOT, "%.1f h too early", seconds / 3600)
                : String.format(Locale.ROOT, "%.3f s too early", seconds);
    }

    private static String quoted(String text) {
        return text.chars().anyMatch(sign -> sign == ',' || sign == '"' || sign == '\n')
                ? '"' + text.replace("\"", "\"\"") + '"'
                : text;
    }
}
