package dev.touchstone.llm.cpu;

import dev.touchstone.kernels.Format;
import dev.touchstone.kernels.Kernels;
import dev.touchstone.kernels.Matrix;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;

/// The tensors of a model file by name.
///
/// @param file that they are from, for messages
record Tensors(Path file, Map<String, Tensor> byName, CpuSettings settings) {
    /// A matrix, or a vector as one row.
    record Tensor(Format format, long rows, long columns, MemorySegment data) {}

    boolean has(String name) {
        return byName.containsKey(name);
    }

    /// A matrix, as it lies in the file.
    Matrix mapped(String name, int rows, int columns) throws ModelFileException {
        Tensor tensor = require(name, rows, columns);
        return new Matrix(tensor.format(), rows, columns, tensor.data());
    }

    /// A matrix that tokens will be multiplied with: as it lies in the file, or a copy in another
    /// order.
    Matrix matrix(String name, int rows, int columns) throws ModelFileException {
        Matrix mapped = mapped(name, rows, columns);
        try {
            return settings.kernels().arrange(mapped, settings.workers());
        } catch (OutOfMemoryError full) {
            long bytes =
                    byName.values().stream()
                            .filter(t -> t.format().blockWeights() > 1)
                            .mapToLong(t -> t.data().byteSize())
                            .sum();
            throw new ModelFileException(
                    file,
                    "its weights need %,d MB outside of Java's heap; start Java with"
                                    .formatted((bytes >> 20) + 1)
                            + " -XX:MaxDirectMemorySize=%dm or more (%s)"
                                    .formatted((bytes >> 20) + 100, full.getMessage()));
        }
    }

    /// A vector, unpacked.
    float[] vector(String name, int length) throws ModelFileException {
        Matrix row = mapped(name, 1, length);
        var vector = new float[length];
        Kernels.plain().unpack(row, 0, vector, 0);
        return vector;
    }

    /// Weights in all.
    long parameters() {
        return byName.values().stream().mapToLong(t -> t.rows() * t.columns()).sum();
    }

    private Tensor require(String name, int rows, int columns) throws ModelFileException {
        Tensor tensor = byName.get(name);
        if (tensor == null) {
            throw new ModelFileException(
                    file,
                    "tensor %s is missing; a model split over several files has to be merged first"
                            .formatted(name));
        }
        if (tensor.rows() != rows || tensor.columns() != columns) {
            throw new ModelFileException(
                    file,
                    "tensor %s is %d × %d, the model's own figures make it %d × %d; convert it again"
                            .formatted(name, tensor.rows(), tensor.columns(), rows, columns));
        }
        return tensor;
    }
}
