package dev.touchstone.llm.cpu;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/// What the `transformers` library gives for a small random model; see `reference.py`.
@SuppressWarnings("ArrayRecordComponent") // never compared
record Expected(
        int[] prompt,
        int[] positions,
        List<float[]> logits,
        int[] greedy,
        List<Encoding> encodings) {
    /// A text and its tokens.
    @SuppressWarnings("ArrayRecordComponent")
    record Encoding(String text, int[] tokens) {}

    static Path file(String name) {
        URL url = Objects.requireNonNull(Expected.class.getResource(name), name);
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException impossible) {
            throw new AssertionError(impossible);
        }
    }

    static Expected of(String name) throws IOException {
        Properties json = SafetensorsFolder.properties(file(name));
        return new Expected(
                integers(json.list("prompt")),
                integers(json.list("positions")),
                json.list("logits").stream().map(row -> floats((List<?>) row)).toList(),
                integers(json.list("greedy")),
                json.list("encodings").stream().map(Expected::encoding).toList());
    }

    private static Encoding encoding(Object json) {
        Properties entry =
                new Properties(Path.of("encodings"), java.util.Map.of("", json)).under("");
        try {
            return new Encoding(entry.text("text"), integers(entry.list("tokens")));
        } catch (ModelFileException wrong) {
            throw new AssertionError(wrong);
        }
    }

    private static int[] integers(List<?> list) {
        return list.stream().mapToInt(n -> ((Number) n).intValue()).toArray();
    }

    private static float[] floats(List<?> list) {
        var floats = new float[list.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = ((Number) list.get(i)).floatValue();
        }
        return floats;
    }
}
