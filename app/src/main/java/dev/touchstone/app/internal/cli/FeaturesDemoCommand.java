package dev.touchstone.app.internal.cli;

import dev.touchstone.app.internal.edge.WallClock;
import dev.touchstone.features.demo.LeakDemo;
import dev.touchstone.features.demo.LeakDemo.Measured;
import dev.touchstone.features.demo.LeakDemo.Report;
import dev.touchstone.features.demo.LeakDemo.Trained;
import dev.touchstone.features.demo.OpenBandit;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `touchstone features demo`: a leak and its cure.
@Command(
        name = "demo",
        description = {
            "Defines features, ingests a month of payments that it makes, builds training sets"
                    + " with a month-end join and with an as-of join, and compares what each promises"
                    + " with what was served.",
            "The files stay; every step can be repeated with the commands it prints."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class FeaturesDemoCommand implements Runnable {
    private final Console console;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            defaultValue = "features-demo",
            description = "A new or empty folder for the files; features-demo unless given.")
    private Path folder = Path.of("");

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Another seed makes other payments; 1 unless given.")
    private long seed;

    @Option(
            names = "--open-bandit",
            paramLabel = "FILE",
            description = {
                "Shows the leak in real data instead: a log of the Open Bandit data set, such as"
                        + " random/men/men.csv."
            })
    private Optional<Path> openBandit = Optional.empty();

    FeaturesDemoCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        if (openBandit.isPresent()) {
            showOpenBandit(openBandit.get());
            return;
        }
        console.print(
                "Making a month of card payments in %s (a few seconds) …%n".formatted(folder));
        Instant start = WallClock.INSTANCE.instant();
        try {
            show(LeakDemo.run(folder, seed));
        } catch (FileSystemException e) {
            throw FeatureStoreOptions.failure(e);
        } catch (IOException e) {
            throw new CommandFailure("cannot write to %s: %s".formatted(folder, e), e);
        }
        Duration took = Duration.between(start, WallClock.INSTANCE.instant());
        console.print(String.format(Locale.ROOT, "%nTook %.1f s.%n", took.toMillis() / 1e3));
    }

    private void showOpenBandit(Path log) {
        try {
            OpenBandit.Report report = OpenBandit.run(log, folder);
            console.print(
                    String.format(
                            Locale.ROOT,
                            """
                            %,d lines, %,d of them clicked. How well an item's click rate tells which (AUC, 0.5 is chance):

                              the rate at the log's end, which holds the click itself   %.3f
                              the rate just before the line, which was there to serve   %.3f
                              the naive join promises too much by                       %.3f

                            The definitions, events, labels and both training sets are in %s.
                            """,
                            report.lines(),
                            report.clicks(),
                            report.naive(),
                            report.asOf(),
                            report.inflation(),
                            folder));
        } catch (NoSuchFileException e) {
            throw new CommandFailure("there is no file " + e.getFile(), e);
        } catch (FileSystemException e) {
            throw FeatureStoreOptions.failure(e);
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private void show(Report report) {
        console.print(
                String.format(
                                Locale.ROOT,
                                """

                                To repeat any step:

                                  export PATH="$PWD:$PATH"        # run where the launcher touchstone is
                                  cd %s

                                1. Define: three views in features.yaml.

                                2. Ingest: rows with the time they happened and the time they were known.
                                %s
                                3. Train on %,d payments of June, each with its verdict of fraud.
                                  features='account.*,merchant.*,device.*'
                                  touchstone features join --labels labels.csv --features "$features" \\
                                      --time month_end --out again-naive.csv   # the tables of June 30
                                  touchstone features join --labels labels.csv --features "$features" \\
                                      --event-time --out again-event-time.csv  # late rows included
                                  touchstone features join --labels labels.csv --features "$features" \\
                                      --out again-as-of.csv                    # what was known

                                """,
                                folder,
                                ingested(report),
                                report.payments())
                        + figures(report)
                        + faults(report));
    }

    private static String ingested(Report report) {
        var text = new StringBuilder();
        report.rows()
                .forEach((view, rows) ->
                        text.append(
                                String.format(
                                        Locale.ROOT,
                                        "  touchstone features append %-25s # %,d rows%n",
                                        view + " " + view + ".csv",
                                        rows)));
        return text.toString();
    }

    private static String figures(Report report) {
        return "%-36s %6s %12s %9s%n".formatted("", "AUC", "precision in", "coverage")
                + "%-36s %6s %12s%n".formatted("", "", "top tenth")
                + lines("month-end join", report.naive())
                + lines("as-of join by event time", report.eventTime())
                + lines("as-of join", report.asOf());
    }

    private static String lines(String name, Trained trained) {
        return line(name + ", offline", trained.offline())
                + line("  the same model, as served", trained.online());
    }

    private static String line(String name, Measured measured) {
        return String.format(
                Locale.ROOT,
                "%-36s %6.3f %12.3f %7.1f %%%n",
                name,
                measured.auc(),
                measured.topDecile(),
                100 * measured.coverage());
    }

    private static String faults(Report report) {
        LeakDemo.Example example = report.example();
        LeakDemo.Parity parity = report.parity();
        var emptied = new StringBuilder();
        parity.notServed()
                .forEach((feature, count) ->
                        emptied.append(
                                String.format(
                                        Locale.ROOT,
                                        "  %-28s %,8d served empty%n",
                                        feature,
                                        count)));
        return String.format(
                Locale.ROOT,
                """

                4. The leak. On June 30 the tables hold what followed each payment:
                disputes, retries, refunds. %,d cells of naive.csv could not be
                known at their moment:
                  touchstone features audit naive.csv          # proves each of them
                  touchstone features explain account %s --at %s
                This account's payments_30d: %s in naive.csv, %s when the payment came.
                By event time it still leaks: the nightly job is 18 to 36 hours late,
                and its rows are used before they were there.

                5. The cure. With the as-of join the model promises %.3f, gives %.3f.

                6. The other fault. Coverage as served is %.1f %% whatever the join, so
                it is no leak. The store in serving-store was asked for each payment as
                it came, and logged %,d cells. Of those in as-of.csv, %,d were served
                empty and %,d served otherwise:
                %s
                A job deletes devices from the online store that were quiet for 6 hours;
                features.yaml never asked for that. Compare as-of.csv with what was logged:
                  touchstone features join --store serving-store --labels labels.csv \\
                      --row-id payment --features "$features" --out again-served.csv
                """,
                report.audit().leaked(),
                example.account(),
                example.time(),
                example.snapshot(),
                example.known(),
                report.asOf().offline().auc(),
                report.asOf().online().auc(),
                100 * report.asOf().online().coverage(),
                parity.logged(),
                parity.notServed().values().stream().mapToLong(count -> count).sum(),
                parity.different(),
                emptied);
    }
}
