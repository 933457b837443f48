package dev.touchstone.llm.cpu;

import dev.touchstone.kernels.Format;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads llama.cpp's model format: metadata, then a table of tensors, then their bytes (the GGUF
/// specification, versions 2 and 3).
final class GgufFile {
    private static final int MAGIC = 'G' | ('G' << 8) | ('U' << 16) | ('F' << 24);
    private static final long MOST_ENTRIES = 1 << 24;

    private static final ValueLayout.OfInt INT = layout(ValueLayout.JAVA_INT_UNALIGNED);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path path;
    private final MemorySegment file;
    private final Map<String, Object> metadata = new HashMap<>();
    private final Map<String, Tensors.Tensor> tensors = new HashMap<>();
    private long at;

    private GgufFile(Path path, MemorySegment file) {
        this.path = path;
        this.file = file;
    }

    private static ValueLayout.OfInt layout(ValueLayout.OfInt layout) {
        return layout.withOrder(ByteOrder.LITTLE_ENDIAN);
    }

    static CpuModel open(Path path, CpuSettings settings) throws IOException {
        var gguf = new GgufFile(path, map(path));
        try {
            gguf.read();
        } catch (IndexOutOfBoundsException beyond) {
            throw gguf.endsEarly("in the middle of its table of contents");
        }
        return GgufModel.of(
                new Properties(path, gguf.metadata), new Tensors(path, gguf.tensors, settings));
    }

    static MemorySegment map(Path path) throws IOException {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
        }
    }

    private void read() throws ModelFileException {
        if (file.byteSize() < 4 || integer() != MAGIC) {
            throw new ModelFileException(
                    path, "is no GGUF file; a folder with config.json and .safetensors works, too");
        }
        int version = integer();
        if (version != 2 && version != 3) {
            throw new ModelFileException(
                    path,
                    "is GGUF version %d; versions 2 and 3 are read. Convert it again with a current"
                                    .formatted(version)
                            + " llama.cpp");
        }
        long tensorCount = count("tensors");
        long entries = count("metadata entries");
        for (long i = 0; i < entries; i++) {
            String key = string();
            metadata.put(key, value(integer()));
        }
        table(tensorCount);
    }

    private void table(long tensorCount) throws ModelFileException {
        record Entry(String name, Format format, long rows, long columns, long offset) {}
        List<Entry> entries = new ArrayList<>();
        for (long i = 0; i < tensorCount; i++) {
            String name = string();
            int dimensions = integer();
            if (dimensions < 1 || dimensions > 4) {
                throw new ModelFileException(
                        path, "tensor %s has %d dimensions".formatted(name, dimensions));
            }
            long columns = longs();
            long rows = 1;
            for (int d = 1; d < dimensions; d++) {
                rows = Math.multiplyExact(rows, longs());
            }
            entries.add(new Entry(name, format(name, integer()), rows, columns, longs()));
        }
        long alignment = metadata.get("general.alignment") instanceof Number n ? n.longValue() : 32;
        long data = Math.ceilDiv(at, alignment) * alignment;
        for (Entry entry : entries) {
            long bytes = entry.rows() * entry.format().bytes(entry.columns());
            long from = data + entry.offset();
            if (from < data || bytes < 0 || from + bytes > file.byteSize()) {
                throw endsEarly(
                        "but tensor %s goes on to byte %,d".formatted(entry.name(), from + bytes));
            }
            tensors.put(
                    entry.name(),
                    new Tensors.Tensor(
                            entry.format(),
                            entry.rows(),
                            entry.columns(),
                            file.asSlice(from, bytes)));
        }
    }

    private Format format(String tensor, int type) throws ModelFileException {
        return switch (type) {
            case 0 -> Format.F32;
            case 1 -> Format.F16;
            case 2 -> Format.Q4_0;
            case 8 -> Format.Q8_0;
            case 30 -> Format.BF16;
            default ->
                    throw new ModelFileException(
                            path,
                            "tensor %s is of GGML type %s, which is not supported; F32, F16, BF16, Q8_0"
                                            .formatted(tensor, typeName(type))
                                    + " and Q4_0 are. Take the model's Q8_0 file, or make one:"
                                    + " llama-quantize --allow-requantize IN.gguf OUT.gguf Q8_0");
        };
    }

    private static String typeName(int type) {
        String[] names = {
            "F32", "F16", "Q4_0", "Q4_1", "4", "5", "Q5_0", "Q5_1", "Q8_0", "Q8_1", "Q2_K", "Q3_K",
            "Q4_K", "Q5_K", "Q6_K", "Q8_K"
        };
        return type >= 0 && type < names.length ? names[type] : String.valueOf(type);
    }

    private Object value(int type) throws ModelFileException {
        return switch (type) {
            case 0 -> (long) (bytes(1).get(ValueLayout.JAVA_BYTE, 0) & 0xFF);
            case 1 -> (long) bytes(1).get(ValueLayout.JAVA_BYTE, 0);
            case 2 -> (long) (shorts() & 0xFFFF);
            case 3 -> (long) shorts();
            case 4 -> integer() & 0xFFFF_FFFFL;
            case 5 -> (long) integer();
            case 6 -> Float.intBitsToFloat(integer());
            case 7 -> bytes(1).get(ValueLayout.JAVA_BYTE, 0) != 0;
            case 8 -> string();
            case 9 -> list();
            case 10, 11 -> longs();
            case 12 -> Double.longBitsToDouble(longs());
            default ->
                    throw new ModelFileException(
                            path,
                            "a metadata entry before byte %,d is of unknown type %d; the file is damaged,"
                                            .formatted(at, type)
                                    + " fetch it again");
        };
    }

    private List<Object> list() throws ModelFileException {
        int type = integer();
        long size = count("list entries");
        List<Object> list = new ArrayList<>((int) Math.min(size, 1 << 18));
        for (long i = 0; i < size; i++) {
            list.add(value(type));
        }
        return list;
    }

    private long count(String what) throws ModelFileException {
        long count = longs();
        if (count < 0 || count > MOST_ENTRIES) {
            throw new ModelFileException(
                    path,
                    "claims %,d %s; the file is damaged, fetch it again".formatted(count, what));
        }
        return count;
    }

    private String string() {
        return new String(bytes(longs()).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    private short shorts() {
        return bytes(2).get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
    }

    private int integer() {
        return bytes(4).get(INT, 0);
    }

    private long longs() {
        return bytes(8).get(LONG, 0);
    }

    private MemorySegment bytes(long size) {
        MemorySegment bytes = file.asSlice(at, size);
        at += size;
        return bytes;
    }

    private ModelFileException endsEarly(String where) {
        return new ModelFileException(
                path,
                "ends after %,d bytes, %s; the download stopped early, fetch it again"
                        .formatted(file.byteSize(), where));
    }
}
