package dev.touchstone.app.internal.cli;

import dev.touchstone.app.internal.edge.Interruption;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.Mode;
import dev.touchstone.features.TrainingSetManifest;
import dev.touchstone.features.TrainingSetRequest;
import dev.touchstone.features.TrainingSetRequest.RowIds;
import dev.touchstone.features.TrainingSetSources;
import dev.touchstone.features.TrainingSetSources.HistoryFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `touchstone features join`: labels in, a training set out.
@Command(
        name = "join",
        description = {
            "Gives every label the features that would have been served at its moment.",
            "Labels keep their order and their columns. The file appears when it is complete, with"
                    + " a manifest beside it."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class FeaturesJoinCommand implements Runnable {
    private static final Set<String> FORMATS =
            Set.of("csv", "txt", "parquet", "arrow", "feather", "ipc");

    private final Console console;

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            required = true,
            description = "CSV, .parquet or .arrow, with the views' key columns and a time.")
    private Path labels = Path.of("");

    @Option(
            names = "--time",
            paramLabel = "COLUMN",
            defaultValue = "time",
            description = "The labels' column with their moments; time unless given.")
    private String time = "";

    @Option(
            names = "--features",
            paramLabel = "LIST",
            required = true,
            split = ",",
            description = "Such as account.balance,merchant.*")
    private List<String> features = List.of();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            required = true,
            description = "The training set, CSV, .parquet or .arrow; never replaced.")
    private Path out = Path.of("");

    @Option(
            names = "--from",
            paramLabel = "VIEW=FILE",
            description = {
                "A Parquet, .arrow or .csv file with a view's rows in any order, instead of its history in the"
                        + " store; may be given several times.",
                "It streams by, so it may be larger than memory."
            })
    private Map<String, Path> from = new LinkedHashMap<>();

    @Option(
            names = "--from-column",
            paramLabel = "VIEW.COLUMN=NAME",
            description = {
                "What a column of the view is called in that file; may be given several times.",
                "Such as account.event_time=ts"
            })
    private Map<String, String> fromColumns = new LinkedHashMap<>();

    @Option(
            names = "--memory",
            paramLabel = "MB",
            description = {
                "How much labels and their features may take; half of the heap unless given.",
                "With less, files are read more often."
            })
    private Optional<Long> memory = Optional.empty();

    @Option(
            names = "--event-time",
            description = {
                "Also uses rows that became known after the label, if they happened before.",
                "This leaks; the manifest says so."
            })
    private boolean eventTime;

    @Option(
            names = "--row-id",
            paramLabel = "COLUMN",
            description = {
                "The labels' column with the row ids under which they were served.",
                "What was logged then is used where it is there, and the rest rebuilt."
            })
    private Optional<String> rowId = Optional.empty();

    @Option(
            names = "--mark-served",
            description = {
                "With --row-id: a column view.feature.served behind each feature says which of its"
                        + " cells were logged."
            })
    private boolean markServed;

    @Mixin private FeatureStoreOptions options = new FeatureStoreOptions();

    FeaturesJoinCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        if (markServed && rowId.isEmpty()) {
            throw new CommandFailure(
                    "--mark-served needs --row-id COLUMN: only rows with ids were logged");
        }
        String name = String.valueOf(out.getFileName()).toLowerCase(Locale.ROOT);
        if (name.contains(".") && !FORMATS.contains(name.substring(name.lastIndexOf('.') + 1))) {
            throw new CommandFailure(
                    "--out: %s ends in no format that is known; end it in .csv, .parquet or .arrow"
                            .formatted(out));
        }
        Mode mode = eventTime ? Mode.EVENT_TIME : Mode.KNOWN_AT_THE_TIME;
        options.reading(store ->
                build(
                        store,
                        new TrainingSetRequest(
                                features,
                                time,
                                mode,
                                rowId.map(column -> new RowIds(column, markServed)))));
    }

    private void build(FeatureStore store, TrainingSetRequest request) throws IOException {
        try (var interruption = new Interruption();
                var bar = ProgressBar.on(console)) {
            Optional<TrainingSetManifest> made =
                    store.buildTrainingSet(
                            request,
                            sources(),
                            labels,
                            out,
                            (_, share) -> {
                                bar.show(share);
                                return !interruption.asked();
                            });
            if (made.isEmpty()) {
                throw new CommandFailure("stopped; nothing was left behind");
            }
            show(made.get());
        }
    }

    private TrainingSetSources sources() {
        Map<String, HistoryFile> files = new LinkedHashMap<>();
        from.forEach((view, file) -> files.put(view, new HistoryFile(file, columnsOf(view))));
        Runtime machine = Runtime.getRuntime();
        return new TrainingSetSources(
                files,
                memory.map(megabytes -> megabytes << 20).orElse(machine.maxMemory() / 2),
                machine.availableProcessors());
    }

    private Map<String, String> columnsOf(String view) {
        Map<String, String> columns = new LinkedHashMap<>();
        fromColumns.forEach((column, name) -> {
            if (!from.containsKey(column.substring(0, Math.max(0, column.indexOf('.'))))) {
                throw new CommandFailure(
                        "--from-column %s=%s is of no view with --from; write VIEW.COLUMN=NAME"
                                .formatted(column, name));
            }
            if (column.startsWith(view + ".")) {
                columns.put(column.substring(view.length() + 1), name);
            }
        });
        return columns;
    }

    private void show(TrainingSetManifest made) {
        console.out()
                .printf(
                        Locale.ROOT,
                        "%,d labels from %s to %s, %s%n",
                        made.labels(),
                        made.firstTime(),
                        made.lastTime(),
                        made.mode() == Mode.EVENT_TIME
                                ? "by event time: late rows leak into it"
                                : "as known at the time");
        for (TrainingSetManifest.ColumnPart column : made.columns()) {
            console.out()
                    .printf(
                            Locale.ROOT,
                            "  %-32s %5.1f %% have a value%s%n",
                            column.name(),
                            100 * column.coverage(),
                            rowId.isEmpty()
                                    ? ""
                                    : String.format(
                                            Locale.ROOT,
                                            ", %,d as logged when served",
                                            column.served()));
        }
        console.out().println("Wrote " + out);
    }
}
