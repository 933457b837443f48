package dev.touchstone.features.cases;

import dev.touchstone.features.Column;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A label: a moment, and columns of which some are keys.
///
/// @param time a whole number of nanoseconds, or missing
/// @param knownAt the moment of serving; the same as `time` unless the case says otherwise
/// @param columns by name
public record CaseLabel(Value time, Value knownAt, Map<String, Value> columns) {
    public CaseLabel {
        columns = Map.copyOf(columns);
    }

    /// The entity that a view's key columns name, or nothing when one of them is missing.
    public Optional<EntityKey> entity(List<Column> key) {
        List<Value> parts = new ArrayList<>();
        for (Column column : key) {
            Value part = columns.getOrDefault(column.name(), Value.MISSING);
            if (part.equals(Value.MISSING)) {
                return Optional.empty();
            }
            parts.add(part);
        }
        return Optional.of(new EntityKey(parts));
    }
}
