package dev.touchstone.features;

import java.util.List;
import java.util.Optional;

/// A view as it was defined.
///
/// @param view what is served and what training sets get
/// @param owner who answers for it: a team or a person
/// @param windows the events behind its features, if it aggregates any; else its rows are its
///   features
/// @param feed where rows come from by themselves, if anywhere
public record ViewDefinition(
        FeatureView view,
        String owner,
        Optional<WindowedSource> windows,
        LatePolicy late,
        Freshness freshness,
        Optional<EventSource> feed) {
    public ViewDefinition {
        if (owner.isBlank()) {
            throw new IllegalArgumentException(
                    "view %s needs an owner: a team or a person".formatted(view.name()));
        }
        if (windows.isPresent() && !windows.get().features().equals(view.features())) {
            throw new IllegalArgumentException(
                    "the features of view %s are its aggregates %s, got %s"
                            .formatted(view.name(), windows.get().features(), view.features()));
        }
        if (windows.isPresent() && view.rule().maxAgeNanos() != AsOfRule.UNBOUNDED) {
            throw new IllegalArgumentException(
                    "view %s has windows, which bound age already; leave maxAge out"
                            .formatted(view.name()));
        }
    }

    /// A view whose rows are pushed and appended.
    public ViewDefinition(
            FeatureView view,
            String owner,
            Optional<WindowedSource> windows,
            LatePolicy late,
            Freshness freshness) {
        this(view, owner, windows, late, freshness, Optional.empty());
    }

    /// A view of plain rows, with everything as usual.
    public ViewDefinition(FeatureView view, String owner) {
        this(view, owner, Optional.empty(), LatePolicy.DEFAULT, Freshness.DAILY);
    }

    /// What rows of its history look like: the view itself, or its events.
    public FeatureView source() {
        return windows.map(source ->
                        new FeatureView(view.name(), view.key(), source.columns(), view.rule()))
                .orElse(view);
    }

    /// Refuses rows that its history cannot have.
    ///
    /// @throws IllegalArgumentException with the column and the cure
    void check(List<FeatureRow> rows) {
        FeatureView source = source();
        rows.forEach(source::check);
        checkEvents(rows);
    }

    /// Refuses rows whose columns are right and that are no events, if its rows are events.
    void checkEvents(List<FeatureRow> rows) {
        if (windows.isPresent()) {
            Optional<Integer> id = windows.get().id();
            rows.forEach(row -> checkEvent(row, id));
        }
    }

    private void checkEvent(FeatureRow row, Optional<Integer> id) {
        if (row.isTombstone()) {
            throw new IllegalArgumentException(
                    "view %s aggregates events, which are not deleted; to take one back, send it again under its id without values"
                            .formatted(view.name()));
        }
        if (id.isPresent() && row.values().get(id.get()).equals(Value.MISSING)) {
            throw new IllegalArgumentException(
                    "an event of view %s has no %s, which says which event it is"
                            .formatted(view.name(), source().features().get(id.get()).name()));
        }
    }

    /// Refuses a view whose rows are not its features.
    void checkPlain() {
        if (windows.isPresent()) {
            throw new IllegalArgumentException(
                    "view %s has windows; only views of plain rows can be audited, and explained by rows"
                            .formatted(view.name()));
        }
    }
}
