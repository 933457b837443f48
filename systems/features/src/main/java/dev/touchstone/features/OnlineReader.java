package dev.touchstone.features;

import dev.touchstone.features.internal.online.OnlineView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Reads a fixed list of features, again and again, without allocating anything: made by
/// [OnlineStore#reader].
///
/// ```java
/// OnlineReader fraud = online.reader(List.of("account.balance", "card.*"));
/// OnlineRow row = fraud.row();
/// OnlineKeys keys = fraud.keys().set(0, EntityKey.of("a-17")).set(1, EntityKey.of("c-4711"));
/// long asOf = fraud.read(keys, nowNanos, row);
/// double balance = row.real(0);
/// ```
///
/// Readers are safe to share between threads; a row is not.
public final class OnlineReader {
    private final OnlineStore store;
    private final List<String> names;
    private final List<Column> columns;
    private final List<List<Column>> entities;
    private final List<Part> parts;
    private final List<Column> request;
    private final List<Computation> computations;
    private final int hidden;
    private final int places;

    /// What is read of one view.
    ///
    /// @param features the positions of the wanted ones, and `outputs` the cells they go to
    /// @param entity the position of the view's key among [#entities]
    record Part(
            String name,
            OnlineView view,
            OnlineView.Reads reads,
            List<Integer> features,
            List<Integer> outputs,
            int entity) {}

    List<Part> parts() {
        return parts;
    }

    OnlineReader(OnlineStore store, ReaderPlan plan, List<Part> parts) {
        this.store = store;
        this.names = plan.names();
        this.columns = plan.columns();
        this.entities = plan.entities();
        this.parts = parts;
        this.request = plan.request();
        this.computations = plan.computations();
        this.hidden = plan.hidden();
        this.places = computations.stream().mapToInt(Computation::places).max().orElse(0);
    }

    /// `view.feature` for each cell of a row.
    public List<String> names() {
        return names;
    }

    /// The features' columns, named as in their views.
    public List<Column> columns() {
        return columns;
    }

    /// The key columns of each kind of entity that a read must name.
    public List<List<Column>> entities() {
        return entities;
    }

    /// What a read must bring for computed features: see [OnlineKeys#request].
    public List<Column> request() {
        return request;
    }

    /// A row to read into.
    public OnlineRow row() {
        return new OnlineRow(columns, hidden, places);
    }

    /// Keys to fill in.
    public OnlineKeys keys() {
        return new OnlineKeys(entities, request.size());
    }

    /// Keys whose columns are given by name; an entity of which a column is missing is named by
    /// none. For those who do not count nanoseconds.
    ///
    /// @throws IllegalArgumentException when a value does not fit its column
    public OnlineKeys keys(Map<String, Value> values) {
        OnlineKeys keys = keys();
        for (int entity = 0; entity < entities.size(); entity++) {
            List<Value> parts = new ArrayList<>();
            for (Column column : entities.get(entity)) {
                Value value = values.getOrDefault(column.name(), Value.MISSING);
                if (!column.type().accepts(value)) {
                    throw new IllegalArgumentException(
                            "%s is %s, got %s".formatted(column.name(), column.type(), value));
                }
                parts.add(value);
            }
            if (!parts.contains(Value.MISSING)) {
                keys.set(entity, new EntityKey(parts));
            }
        }
        for (int field = 0; field < request.size(); field++) {
            Column column = request.get(field);
            Value value = values.getOrDefault(column.name(), Value.MISSING);
            if (!column.type().accepts(value)) {
                throw new IllegalArgumentException(
                        "%s is %s, got %s".formatted(column.name(), column.type(), value));
            }
            keys.request(field, value);
        }
        return keys;
    }

    /// Reads the features of one row's entities.
    ///
    /// @param now the present, in nanoseconds
    /// @return the moment that the answer is as of: `now`, unless rows are being written just now
    ///   that will count as available before it; an as-of join at this moment gives the same
    public long read(OnlineKeys keys, long now, OnlineRow out) {
        long asOf = store.read(parts, keys, now, out);
        compute(keys, out);
        return asOf;
    }

    private void compute(OnlineKeys keys, OnlineRow out) {
        for (int i = 0; i < computations.size(); i++) { // an iterator would be allocated
            out.compute(computations.get(i), keys);
        }
    }

    /// Reads the features of several rows, all as of one moment.
    ///
    /// @param out as many rows as `keys` has
    public long read(List<OnlineKeys> keys, long now, List<OnlineRow> out) {
        long asOf = store.read(parts, keys, now, out);
        for (int row = 0; row < keys.size(); row++) {
            compute(keys.get(row), out.get(row));
        }
        return asOf;
    }
}
