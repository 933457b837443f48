package dev.touchstone.features;

import dev.touchstone.features.internal.log.WrittenColumns;
import dev.touchstone.features.internal.log.WrittenRows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the rows that a store has say about views that are to change: whether they could be read
/// afterwards.
///
/// @param rows the columns of each file that has rows of a history, by its name
record RowsBefore(Source rows) {
    /// Where rows are looked for.
    interface Source {
        List<WrittenColumns> of(String history) throws IOException;
    }

    static RowsBefore in(Path store) {
        return new RowsBefore(history -> WrittenRows.in(store.resolve(history)));
    }

    /// What stands against a view, as changes that are refused.
    ///
    /// @param before the view as it was last, if it ever was
    List<DefinitionChange> against(Optional<ViewDefinition> before, ViewDefinition now)
            throws IOException {
        List<DefinitionChange> refused = new ArrayList<>();
        String name = now.view().name();
        if (before.isEmpty() || !before.get().source().equals(now.source())) {
            misfits(now.source(), name, refused);
        }
        Optional<RestatementKeeper> keeper = RestatementKeeper.of(now);
        if (keeper.isPresent()) { // also when only the features' types have changed
            misfits(keeper.get().definition().view(), name, refused);
        }
        if (before.isPresent() && !rows.of(name).isEmpty()) {
            String id = id(now);
            if (before.get().windows().isPresent() != now.windows().isPresent()) {
                refused.add(
                        refused(
                                name,
                                "has rows, which are %s; give the view a new name"
                                        .formatted(
                                                now.windows().isPresent()
                                                        ? "features and no events"
                                                        : "events and no features")));
            } else if (!id.isEmpty() && !id.equals(id(before.get()))) {
                refused.add(
                        refused(
                                name,
                                "has events that need not have a %s each, which is to tell them apart; give the view a new name"
                                        .formatted(id)));
            }
        }
        return refused;
    }

    private void misfits(FeatureView view, String name, List<DefinitionChange> refused)
            throws IOException {
        for (WrittenColumns written : rows.of(view.name())) {
            Optional<String> misfit = written.misfit(view);
            if (misfit.isPresent()) {
                refused.add(refused(name, misfit.get()));
                return;
            }
        }
    }

    private static String id(ViewDefinition view) {
        return view.windows()
                .flatMap(WindowedSource::id)
                .map(id -> view.source().features().get(id).name())
                .orElse("");
    }

    private static DefinitionChange refused(String name, String why) {
        return new DefinitionChange(name, why, true, List.of(), true);
    }
}
