package dev.touchstone.features.internal.feast;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads what `feast apply` has written into a registry file, as the calls that would define it in
/// Python: from there on both are one.
///
/// Field numbers are those of `protos/feast/core` in Feast 0.66.
final class RegistryReader {
    private static final byte[] SQLITE = "SQLite format 3".getBytes(StandardCharsets.US_ASCII);

    private final Map<String, Python> values = new LinkedHashMap<>();

    private RegistryReader() {}

    /// @throws IOException when the file is no registry
    static Map<String, Python> read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length >= SQLITE.length
                && Arrays.equals(bytes, 0, SQLITE.length, SQLITE, 0, SQLITE.length)) {
            throw new IOException(
                    "%s is a registry in SQL; name the folder of the repository instead"
                            .formatted(file));
        }
        try {
            var reader = new RegistryReader();
            reader.registry(ProtobufMessage.read(ByteBuffer.wrap(bytes)));
            return reader.values;
        } catch (IOException e) {
            throw new IOException(
                    "%s is no registry of Feast: %s; name the file that feast apply writes, such as data/registry.db"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    private void registry(ProtobufMessage registry) throws IOException {
        for (ProtobufMessage entity : specs(registry, 1)) {
            String name = entity.text(1);
            Map<String, Python> named = named(name);
            // Feast gives one to views without an entity; here they have none.
            if (!name.equals("__dummy")) {
                String key = entity.text(4);
                named.put(
                        "join_keys",
                        new Python.Sequence(List.of(text(key.isEmpty() ? name : key))));
                type(entity.number(2)).ifPresent(type -> named.put("value_type", type));
                define("Entity", entity.text(9), name, named);
            }
        }
        for (ProtobufMessage view : specs(registry, 6)) {
            view(view);
        }
        others(registry, 14, "StreamFeatureView");
        others(registry, 8, "OnDemandFeatureView");
        for (ProtobufMessage service : specs(registry, 7)) {
            service(service);
        }
        for (ProtobufMessage source : registry.messages(12)) {
            switch ((int) source.number(1)) {
                case 3 ->
                        define(
                                "KafkaSource",
                                source.text(21),
                                source.text(20),
                                named(source.text(20)));
                case 4 ->
                        define(
                                "KinesisSource",
                                source.text(21),
                                source.text(20),
                                named(source.text(20)));
                case 7 ->
                        define(
                                "RequestSource",
                                source.text(21),
                                source.text(20),
                                named(source.text(20)));
                case 9 ->
                        define(
                                "PushSource",
                                source.text(21),
                                source.text(20),
                                named(source.text(20)));
                default -> {}
            }
        }
    }

    private static List<ProtobufMessage> specs(ProtobufMessage registry, int field)
            throws IOException {
        List<ProtobufMessage> specs = new ArrayList<>();
        for (ProtobufMessage one : registry.messages(field)) {
            one.message(1).ifPresent(specs::add);
        }
        return specs;
    }

    private void others(ProtobufMessage registry, int field, String function) throws IOException {
        for (ProtobufMessage spec : specs(registry, field)) {
            define(function, spec.text(2), spec.text(1), named(spec.text(1)));
        }
    }

    private void service(ProtobufMessage spec) throws IOException {
        Map<String, Python> named = named(spec.text(1));
        List<Python> parts = new ArrayList<>();
        for (ProtobufMessage projection : spec.messages(3)) {
            List<Python> features = new ArrayList<>();
            for (ProtobufMessage feature : projection.messages(2)) {
                features.add(text(feature.text(1)));
            }
            parts.add(new Python.Part(text(projection.text(1)), features));
        }
        named.put("features", new Python.Sequence(parts));
        if (!spec.text(6).isEmpty()) {
            named.put("owner", text(spec.text(6)));
        }
        define("FeatureService", spec.text(2), spec.text(1), named);
    }

    private void view(ProtobufMessage spec) throws IOException {
        Map<String, Python> named = named(spec.text(1));
        named.put(
                "entities",
                new Python.Sequence(
                        spec.texts(3).stream()
                                .filter(entity -> !entity.equals("__dummy"))
                                .map(RegistryReader::text)
                                .toList()));
        List<Python> fields = new ArrayList<>();
        for (int list : new int[] {12, 4}) {
            for (ProtobufMessage feature : spec.messages(list)) {
                Map<String, Python> field = named(feature.text(1));
                type(feature.number(2)).ifPresent(type -> field.put("dtype", type));
                fields.add(new Python.Call("Field", List.of(), field, 0));
            }
        }
        named.put("schema", new Python.Sequence(fields));
        spec.message(6).ifPresent(ttl -> named.put("ttl", new Python.Figure(ttl.number(1))));
        if (!spec.text(11).isEmpty()) {
            named.put("owner", text(spec.text(11)));
        }
        Optional<ProtobufMessage> source = spec.message(7);
        if (source.isPresent()) {
            named.put("source", source(source.get()));
        }
        define("FeatureView", spec.text(2), spec.text(1), named);
    }

    private static Python source(ProtobufMessage source) throws IOException {
        Optional<ProtobufMessage> behind = source.message(26);
        Optional<ProtobufMessage> file = source.message(11);
        if (file.isEmpty()) {
            return behind.isPresent() ? source(behind.get()) : new Python.Unknown();
        }
        Map<String, Python> named = named(source.text(20));
        named.put("path", text(file.get().text(2)));
        if (!source.text(3).isEmpty()) {
            named.put("timestamp_field", text(source.text(3)));
        }
        if (!source.text(5).isEmpty()) {
            named.put("created_timestamp_column", text(source.text(5)));
        }
        if (!source.messages(2).isEmpty()) {
            named.put("field_mapping", new Python.Unknown());
        }
        return new Python.Call("FileSource", List.of(), named, 0);
    }

    /// A registry may hold several projects, each with names of its own.
    private void define(String function, String project, String name, Map<String, Python> named) {
        values.put(
                "%s %s of %s".formatted(function, name, project),
                new Python.Call(function, List.of(), named, 0));
    }

    private static Map<String, Python> named(String name) {
        Map<String, Python> named = new LinkedHashMap<>();
        named.put("name", text(name));
        return named;
    }

    private static Python text(String text) {
        return new Python.Text(text);
    }

    private static Optional<Python> type(long number) {
        return switch ((int) number) {
            case 2 -> Optional.of(new Python.Name("STRING"));
            case 3 -> Optional.of(new Python.Name("INT32"));
            case 4 -> Optional.of(new Python.Name("INT64"));
            case 5 -> Optional.of(new Python.Name("DOUBLE"));
            case 6 -> Optional.of(new Python.Name("FLOAT"));
            case 7 -> Optional.of(new Python.Name("BOOL"));
            case 8, 48 -> Optional.of(new Python.Name("UNIX_TIMESTAMP"));
            case 30, 36, 37 -> Optional.of(new Python.Name("UUID"));
            case 0 -> Optional.empty();
            default -> Optional.of(new Python.Name("NO_COUNTERPART"));
        };
    }
}
