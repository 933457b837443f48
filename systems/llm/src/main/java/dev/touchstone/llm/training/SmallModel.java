package dev.touchstone.llm.training;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// The small model that comes with Touchstone, as [Training.Plan#SHIPPED] makes it.
public final class SmallModel {
    private static final String FILE = "touchstone-small.gguf";

    private SmallModel() {}

    /// The bytes of its GGUF file.
    public static byte[] bytes() throws IOException {
        try (InputStream in = SmallModel.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IOException("this build of Touchstone lacks its model " + FILE);
            }
            return in.readAllBytes();
        }
    }

    /// The model as a file in a folder, for whoever wants to map it. A file that is there and the
    /// same stays as it is.
    ///
    /// @return the file
    public static Path in(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        byte[] bytes = bytes();
        if (!Files.isRegularFile(file) || !Arrays.equals(Files.readAllBytes(file), bytes)) {
            Files.createDirectories(folder);
            Checkpoint.replace(file, ByteBuffer.wrap(bytes));
        }
        return file;
    }
}
