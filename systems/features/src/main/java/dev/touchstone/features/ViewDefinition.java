package dev.touchstone.features;

/// A view as it was defined.
///
/// @param owner who answers for it: a team or a person
public record ViewDefinition(FeatureView view, String owner) {
    public ViewDefinition {
        if (owner.isBlank()) {
            throw new IllegalArgumentException(
                    "view %s needs an owner: a team or a person".formatted(view.name()));
        }
    }
}
