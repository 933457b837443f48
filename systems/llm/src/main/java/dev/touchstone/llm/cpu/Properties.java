package dev.touchstone.llm.cpu;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Named values out of a model file's metadata, of the type that is asked for.
///
/// @param file that they are from, for messages
record Properties(Path file, Map<String, Object> values) {

    boolean has(String key) {
        return values.containsKey(key);
    }

    double number(String key) throws ModelFileException {
        return require(key, Number.class).doubleValue();
    }

    double number(String key, double otherwise) throws ModelFileException {
        return has(key) ? number(key) : otherwise;
    }

    int integer(String key) throws ModelFileException {
        double value = number(key);
        if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
            throw new ModelFileException(
                    file, "%s must be a whole number, is %s".formatted(key, value));
        }
        return (int) value;
    }

    int integer(String key, int otherwise) throws ModelFileException {
        return has(key) ? integer(key) : otherwise;
    }

    /// A count of at least one.
    int count(String key) throws ModelFileException {
        int value = integer(key);
        if (value < 1) {
            throw new ModelFileException(
                    file, "%s must be at least 1, is %d".formatted(key, value));
        }
        return value;
    }

    boolean flag(String key, boolean otherwise) throws ModelFileException {
        return has(key) ? require(key, Boolean.class) : otherwise;
    }

    String text(String key) throws ModelFileException {
        return require(key, String.class);
    }

    Optional<String> findText(String key) {
        return values.get(key) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    List<?> list(String key) throws ModelFileException {
        return require(key, List.class);
    }

    /// Values under a key that holds more of them; none when the key is missing.
    Properties under(String key) {
        if (!(values.get(key) instanceof Map<?, ?> inner)) {
            return new Properties(file, Map.of());
        }
        Map<String, Object> copy = new java.util.LinkedHashMap<>();
        inner.forEach((name, value) -> copy.put((String) name, value));
        return new Properties(file, copy);
    }

    private <T> T require(String key, Class<T> type) throws ModelFileException {
        Object value = values.get(key);
        if (!type.isInstance(value)) {
            throw new ModelFileException(
                    file,
                    "%s is %s; a model that this runs has it as a %s"
                            .formatted(
                                    key,
                                    value == null ? "missing" : "'" + value + "'",
                                    type.getSimpleName().toLowerCase(java.util.Locale.ROOT)));
        }
        return type.cast(value);
    }
}
