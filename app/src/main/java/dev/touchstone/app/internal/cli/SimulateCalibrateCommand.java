package dev.touchstone.app.internal.cli;

import dev.touchstone.app.internal.simulate.WholeFile;
import dev.touchstone.llm.hardware.HardwareProfile;
import dev.touchstone.llm.hardware.KernelCalibration;
import dev.touchstone.llm.hardware.validation.ServingCalibration;
import dev.touchstone.llm.hardware.validation.Validation;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `touchstone simulate calibrate`: fits the coefficients that ship, from the measurements that
/// `touchstone simulate validate` compares with.
@Command(
        name = "calibrate",
        description = {
            "Fits the simulator's coefficients to measured kernels and to one half of the servings.",
            "Takes some minutes. docs/validation.md says what is fitted to what."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class SimulateCalibrateCommand implements Runnable {
    private final Console console;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            required = true,
            description = "Holds the folders llm-hardware and llm-measured.")
    private Path data = Path.of("");

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description =
                    "Where h100.properties, rtx-pro-6000.properties and engines.properties go.")
    private Path out = Path.of("");

    SimulateCalibrateCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        try {
            Path tables = data.resolve("llm-hardware");
            HardwareProfile h100 = KernelCalibration.h100(tables, HardwareProfile.shipped("h100"));
            HardwareProfile rtx =
                    KernelCalibration.rtxPro6000(tables, HardwareProfile.shipped("rtx-pro-6000"));
            rtx = ServingCalibration.rtxPro6000(data, rtx);
            ServingCalibration.Result fitted =
                    ServingCalibration.h100(
                            data,
                            new ServingCalibration.Result(
                                    h100, HardwareProfile.shipped("engines")));
            HardwareProfile engines =
                    fitted.engines().with("http.request-ms", Validation.clientMillis(data));
            write("h100", fitted.gpu());
            write("rtx-pro-6000", rtx);
            write("engines", engines);
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private void write(String name, HardwareProfile profile) throws IOException {
        Path file = out.resolve(name + ".properties");
        WholeFile.write(file, profile.text());
        console.out().println("Wrote " + file);
        console.out().flush();
    }
}
