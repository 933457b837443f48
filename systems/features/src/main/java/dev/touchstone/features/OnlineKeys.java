package dev.touchstone.features;

import dev.touchstone.features.internal.online.OnlineCells;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whom a read is about: a key, or none, for each kind of entity that an [OnlineReader] asks for.
/// Made once by [OnlineReader#keys], and changed for every read.
public final class OnlineKeys {
    private final List<List<Column>> entities;
    private final @Nullable EntityKey[] keys;
    private final OnlineCells request;

    OnlineKeys(List<List<Column>> entities, int requestFields) {
        this.entities = entities;
        this.keys = new EntityKey[entities.size()];
        this.request = new OnlineCells(requestFields);
    }

    /// What the request brings for computed features.
    ///
    /// @param field its position among [OnlineReader#request]
    public OnlineKeys request(int field, Value value) {
        request.set(field, value);
        return this;
    }

    /// As [#request], of a number that needs not be wrapped.
    public OnlineKeys request(int field, double value) {
        request.set(field, Double.doubleToRawLongBits(value));
        return this;
    }

    /// As [#request], of a whole number or a time.
    public OnlineKeys request(int field, long value) {
        request.set(field, value);
        return this;
    }

    OnlineCells request() {
        return request;
    }

    /// Names an entity.
    ///
    /// @param entity its position among [OnlineReader#entities]
    public OnlineKeys set(int entity, EntityKey key) {
        keys[entity] = key;
        return this;
    }

    /// Names no entity of any kind, and brings nothing.
    public OnlineKeys clear() {
        Arrays.fill(keys, null);
        for (int field = 0; field < request.size(); field++) {
            request.set(field, Value.MISSING);
        }
        return this;
    }

    List<List<Column>> entities() {
        return entities;
    }

    @Nullable EntityKey key(int entity) {
        return keys[entity];
    }
}
