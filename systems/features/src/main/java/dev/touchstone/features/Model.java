package dev.touchstone.features;

import java.util.HashSet;
import java.util.List;

/// A model, or another caller, and the features it reads.
///
/// @param owner who has to be asked before one of them changes
/// @param features `view.feature`, at least one
public record Model(String name, String owner, List<String> features) {
    public Model {
        features = List.copyOf(features);
        if (owner.isBlank() || features.isEmpty()) {
            throw new IllegalArgumentException(
                    "model %s needs an owner and at least one feature, got '%s' and %s"
                            .formatted(name, owner, features));
        }
        if (new HashSet<>(features).size() < features.size()) {
            throw new IllegalArgumentException(
                    "model %s reads a feature twice in %s; leave one out"
                            .formatted(name, features));
        }
    }
}
