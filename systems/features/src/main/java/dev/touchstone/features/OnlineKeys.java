package dev.touchstone.features;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whom a read is about: a key, or none, for each kind of entity that an [OnlineReader] asks for.
/// Made once by [OnlineReader#keys], and changed for every read.
public final class OnlineKeys {
    private final List<List<Column>> entities;
    private final @Nullable EntityKey[] keys;

    OnlineKeys(List<List<Column>> entities) {
        this.entities = entities;
        this.keys = new EntityKey[entities.size()];
    }

    /// Names an entity.
    ///
    /// @param entity its position among [OnlineReader#entities]
    public OnlineKeys set(int entity, EntityKey key) {
        keys[entity] = key;
        return this;
    }

    /// Names no entity of any kind.
    public OnlineKeys clear() {
        Arrays.fill(keys, null);
        return this;
    }

    List<List<Column>> entities() {
        return entities;
    }

    @Nullable EntityKey key(int entity) {
        return keys[entity];
    }
}
