package dev.touchstone.app.internal.simulate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// Writes a file completely or not at all: beside its place first, then moved into it.
public final class WholeFile {
    private WholeFile() {}

    /// Writes text as UTF-8; a file that is there is replaced.
    public static void write(Path file, String text) throws IOException {
        Path folder = file.toAbsolutePath().normalize().getParent();
        if (folder == null || Files.isDirectory(file)) {
            throw new IOException(file + " is a folder");
        }
        Path beside =
                folder.resolve(
                        ".%s.%d.part".formatted(file.getFileName(), ProcessHandle.current().pid()));
        try {
            Files.writeString(beside, text, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
            Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(beside);
        }
    }
}
