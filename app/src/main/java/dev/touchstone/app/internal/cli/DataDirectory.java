package dev.touchstone.app.internal.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Where runs and attempts are kept.
final class DataDirectory {
    private DataDirectory() {}

    /// What was asked for, or else the place where a user's data belong.
    static Path of(Optional<Path> asked, Map<String, String> environment) {
        if (asked.isPresent()) {
            return asked.get();
        }
        String shared = environment.getOrDefault("XDG_DATA_HOME", "");
        Path base =
                shared.isEmpty()
                        ? Path.of(System.getProperty("user.home"), ".local", "share")
                        : Path.of(shared);
        return base.resolve("touchstone");
    }
}
