package dev.touchstone.features.cases;

import dev.touchstone.features.Answer;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Value;
import dev.touchstone.features.internal.join.NaiveAsOf;
import dev.touchstone.features.internal.window.NaiveWindow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Answers cases with the oracles.
final class NaiveEngine {
    private NaiveEngine() {}

    static List<List<Value>> join(FeatureCase one, Mode mode) {
        return one.labels().stream()
                .map(label ->
                        switch (one) {
                            case FeatureCase.AsOf asOf -> asOf(asOf, label, mode);
                            case FeatureCase.Windows windows -> windows(windows, label, mode);
                        })
                .toList();
    }

    private static List<Value> asOf(FeatureCase.AsOf one, CaseLabel label, Mode mode) {
        List<Value> cells = new ArrayList<>();
        for (FeatureCase.History history : one.views()) {
            FeatureView view = history.view();
            Optional<EntityKey> entity = label.entity(view.key());
            Answer answer =
                    entity.isPresent() && label.time() instanceof Value.Whole(long time)
                            ? new NaiveAsOf(history.rows(), view.rule(), mode)
                                    .answer(entity.get(), time)
                            : new Answer.NotFound();
            for (int i = 0; i < view.features().size(); i++) {
                cells.add(answer.value(i));
            }
        }
        return cells;
    }

    private static List<Value> windows(FeatureCase.Windows one, CaseLabel label, Mode mode) {
        var naive = new NaiveWindow(one.events(), one.source().rule(), mode);
        EntityKey entity = label.entity(one.source().key()).orElseThrow();
        long time = ((Value.Whole) label.time()).value();
        long knownAt = ((Value.Whole) label.knownAt()).value();
        return one.aggregates().stream()
                .map(aggregate -> naive.answer(aggregate, entity, time, knownAt))
                .toList();
    }
}
