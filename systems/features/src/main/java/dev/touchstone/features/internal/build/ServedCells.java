package dev.touchstone.features.internal.build;

import dev.touchstone.features.EntityKey;
import dev.touchstone.features.Value;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// What a view has served, by row id.
public interface ServedCells {
    /// The cells of the view's features as they were served to a row, the last time up to a moment;
    /// empty where a feature was not asked for.
    ///
    /// @return nothing when the row was not served then, or was about another entity
    Optional<List<Optional<Value>>> at(String rowId, EntityKey entity, long time);

    /// What must be the same for a part that was built earlier to be good still.
    String fingerprint() throws IOException;
}
