package dev.touchstone.features.cases;

import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Value;
import dev.touchstone.features.internal.join.AsOfJoin;
import dev.touchstone.features.internal.join.JoinLabels;
import dev.touchstone.features.internal.join.LabelColumns;
import dev.touchstone.features.internal.join.ViewJoin;
import dev.touchstone.features.internal.table.TableBuilder;
import dev.touchstone.features.internal.table.TableShape;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Answers as-of cases with the fast join.
final class FastEngine {
    private FastEngine() {}

    static List<List<Value>> join(FeatureCase.AsOf one, Mode mode) {
        List<List<Value>> cells = new ArrayList<>();
        one.labels().forEach(_ -> cells.add(new ArrayList<>()));
        for (FeatureCase.History history : one.views()) {
            ViewJoin join = join(history, one.labels(), mode);
            for (int i = 0; i < cells.size(); i++) {
                for (var column : join.cells()) {
                    cells.get(i).add(column.value(i));
                }
            }
        }
        return cells;
    }

    private static ViewJoin join(FeatureCase.History history, List<CaseLabel> labels, Mode mode) {
        FeatureView view = history.view();
        var builder = new TableBuilder(TableShape.of(view));
        history.rows().forEach(builder::add);
        List<Value> missing = Collections.nCopies(view.key().size(), Value.MISSING);
        LabelColumns columns =
                LabelColumns.of(
                        view,
                        labels.stream()
                                .map(label ->
                                        label.entity(view.key())
                                                .map(EntityKey::parts)
                                                .orElse(missing))
                                .toList(),
                        labels.stream().map(CaseLabel::time).toList());
        ViewJoin join = ViewJoin.all(view, List.of(builder.build(Arena.ofAuto())), labels.size());
        AsOfJoin.run(
                JoinLabels.partition(columns.keys(), columns.times(), history.rows().size()),
                mode,
                List.of(join));
        return join;
    }
}
