package dev.touchstone.app.testing;

import dev.touchstone.app.Main;
import dev.touchstone.testkit.JavaProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Programs of this module in processes of their own.
public final class Processes {
    private Processes() {}

    /// Touchstone's command line, started as the launcher starts it: from modules, so that what a
    /// `module-info` forgot to open is found out here. Where tests run without modules, it does,
    /// too.
    ///
    /// @param home where the user's data are kept
    public static JavaProcess touchstone(Path home, String... arguments) throws IOException {
        String modules = System.getProperty("jdk.module.path", "");
        var command =
                new ArrayList<>(List.of("-XX:+UseSerialGC", "-Xmx512m", "-Duser.home=" + home));
        command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
        command.addAll(
                modules.isEmpty()
                        ? List.of(Main.class.getName())
                        : List.of(
                                "-p",
                                "target/classes" + File.pathSeparator + modules,
                                "-m",
                                "dev.touchstone.app/" + Main.class.getName()));
        command.addAll(List.of(arguments));
        return JavaProcess.start(
                modules.isEmpty()
                        ? JavaProcess.testClassPath()
                        : System.getProperty("java.class.path"),
                command.toArray(String[]::new));
    }
}
