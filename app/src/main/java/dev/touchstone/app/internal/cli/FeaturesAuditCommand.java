package dev.touchstone.app.internal.cli;

import dev.touchstone.app.internal.simulate.WholeFile;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.LeakAudit;
import dev.touchstone.features.LeakAudit.Leak;
import dev.touchstone.features.LeakScreen;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
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
                    "line,column,entity,label_time,value,cause,event_time,available_time,lead\n");
    private final List<Leak> shown = new ArrayList<>();

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
            description = {
                "Writes the proof of every leaked cell to a CSV file, a line for each row that"
                        + " could not be served yet."
            })
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

    @Option(
            names = "--json",
            description = "Prints what was found, and the first ten proofs, as JSON.")
    private boolean json;

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
        if (!(tooGood > 0.5 && tooGood <= 1)) {
            throw new CommandFailure(
                    "--too-good is an AUC above 0.5 and at most 1, got %s".formatted(tooGood));
        }
        try {
            LeakScreen screen = LeakScreen.of(file, outcome, time, tooGood);
            console.print(json ? AuditJson.of(screen) + "\n" : AuditText.table(screen));
            return screen.suspects() > 0 ? ExitCode.SOFTWARE : ExitCode.OK;
        } catch (NoSuchFileException e) {
            throw new CommandFailure("there is no file " + e.getFile(), e);
        } catch (IOException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private LeakAudit audit(FeatureStore store) throws IOException {
        LeakAudit audit = store.audit(file, time, columns, this::prove);
        console.print(
                json
                        ? AuditJson.of(audit, shown) + "\n"
                        : "%n%s%n".formatted(AuditText.table(audit)));
        if (proofFile.isPresent()) {
            WholeFile.write(proofFile.get(), proofs.toString());
            if (!json) {
                console.out().println("Wrote " + proofFile.get());
            }
        }
        return audit;
    }

    private void prove(Leak leak) {
        if (shown.size() < SHOWN) {
            shown.add(leak);
            if (!json) {
                console.print(AuditText.text(leak));
            }
        }
        if (proofFile.isPresent()) {
            leak.evidence().rows().forEach(row -> proofs.append(AuditText.csv(leak, row)));
        }
    }
}
