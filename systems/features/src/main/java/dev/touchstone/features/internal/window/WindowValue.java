package dev.touchstone.features.internal.window;

import dev.touchstone.features.Aggregate;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.Value;
import dev.touchstone.features.WindowedSource;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One aggregate of whatever events are added, with the arithmetic of the online store.
public final class WindowValue implements Partial.Cell {
    private final Aggregate aggregate;
    private final Partial partial;
    private final Rounding rounding = new Rounding();
    private Value answer = Value.MISSING;

    /// @param feature the aggregate's position in the source
    public WindowValue(WindowedSource source, int feature) {
        this.aggregate = source.aggregates().get(feature);
        ColumnType type = source.columns().get(aggregate.column()).type();
        this.partial = new Partial(Input.of(aggregate.column(), type, List.of(aggregate)));
    }

    /// The aggregate of these events.
    public Value of(Collection<FeatureRow> events) {
        reset();
        events.forEach(this::add);
        return value();
    }

    /// Forgets all events.
    public void reset() {
        partial.reset();
    }

    /// Adds an event.
    public void add(FeatureRow event) {
        partial.add(event);
    }

    /// The aggregate of what was added.
    public Value value() {
        partial.answer(aggregate, rounding, this);
        return answer;
    }

    @Override
    public void whole(long value) {
        answer = Value.of(value);
    }

    @Override
    public void real(double value) {
        answer = Value.of(value);
    }

    @Override
    public void nothing() {
        answer = Value.MISSING;
    }

    @Override
    public void value(@Nullable Value value) {
        answer = value == null ? Value.MISSING : value;
    }
}
