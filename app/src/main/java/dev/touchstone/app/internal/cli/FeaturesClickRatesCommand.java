package dev.touchstone.app.internal.cli;

import dev.touchstone.features.demo.ClickRates;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `touchstone features click-rates`: what a leak is worth, on a real log.
@Command(
        name = "click-rates",
        description = {
            "Measures on a log of impressions how much better an item's click rate looks when it is"
                    + " taken at the end of the log than when it is taken as it was known.",
            "For the logs of the Open Bandit Dataset, or any CSV with timestamp, item_id and click."
        },
        mixinStandardHelpOptions = true)
final class FeaturesClickRatesCommand implements Runnable {
    private final Console console;

    @Parameters(index = "0", paramLabel = "FILE", description = "The log.")
    private Path log = Path.of("");

    FeaturesClickRatesCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        try {
            show(ClickRates.measure(log));
        } catch (NoSuchFileException e) {
            throw new CommandFailure("there is no file " + e.getFile(), e);
        } catch (IOException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private void show(ClickRates.Report report) {
        console.print(
                String.format(
                        Locale.ROOT,
                        """
                        %,d impressions of %d items, %,d clicks
                        How well an item's click rate tells clicks apart (AUC, 95 %% interval):
                          at the end of the log          %.3f ± %.3f
                          as known at each impression    %.3f ± %.3f
                          as known, counted hourly       %.3f ± %.3f
                        The rate at the end promises %+.3f that serving will not have.
                        """,
                        report.impressions(),
                        report.items(),
                        report.clicks(),
                        report.naive().area(),
                        report.naive().error(),
                        report.asOf().area(),
                        report.asOf().error(),
                        report.hourly().area(),
                        report.hourly().error(),
                        report.inflation()));
    }
}
