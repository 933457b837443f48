package dev.touchstone.llm.cpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Opens model files.
public final class LanguageModels {
    private LanguageModels() {}

    /// Opens a model with exact keys and values, on the caller's thread.
    ///
    /// @see #open(Path, CpuSettings)
    public static CpuModel open(Path path) throws IOException {
        return open(path, CpuSettings.DEFAULT);
    }

    /// Opens a model: a `.gguf` file, or a folder with `config.json`, `tokenizer.json` and
    /// `.safetensors` files. Plain weights are mapped, not read: they come from the disk when they
    /// are first used. Packed ones (Q8_0, Q4_0) are copied into the order in which they are
    /// multiplied fastest, by the settings' workers, to outside of Java's heap: a second or two for
    /// each GB. Mapping and copies go when the model is garbage.
    ///
    /// @throws ModelFileException when the file is incomplete or of a kind that is not known here
    public static CpuModel open(Path path, CpuSettings settings) throws IOException {
        if (Files.isDirectory(path)) {
            return SafetensorsFolder.open(path, settings);
        }
        if (!Files.isRegularFile(path)) {
            throw new ModelFileException(
                    path,
                    "there is no such file; give a .gguf file, or a folder with config.json and"
                            + " .safetensors files");
        }
        return GgufFile.open(path, settings);
    }
}
