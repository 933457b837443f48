package dev.touchstone.features.cases;

import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.OnlineStatus;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.internal.online.OnlineCells;
import dev.touchstone.features.internal.online.OnlineView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Answers cases with what would be served online at each label's moment, the labels in the order
/// of their moments.
final class OnlineEngine {
    private OnlineEngine() {}

    /// Whether the online store can be asked: it takes no event back by a tombstone, knows no
    /// windows of a number of events, serves only as of the moment that it is asked at, and nobody
    /// asks at the end of time.
    static boolean canAnswer(FeatureCase one) {
        return switch (one) {
            case FeatureCase.AsOf asOf ->
                    asOf.labels().stream().allMatch(label -> time(label) != Times.INFINITY);
            case FeatureCase.Windows windows -> windows.canBeServed();
        };
    }

    static List<List<Value>> answer(FeatureCase one) {
        List<List<Value>> cells = new ArrayList<>();
        one.labels().forEach(_ -> cells.add(new ArrayList<>()));
        switch (one) {
            case FeatureCase.AsOf asOf ->
                    asOf.views()
                            .forEach(history ->
                                    add(
                                            new ViewDefinition(history.view(), "us"),
                                            history.rows(),
                                            one.labels(),
                                            cells));
            case FeatureCase.Windows windows ->
                    add(windows.definition(), windows.rows(), one.labels(), cells);
        }
        return cells;
    }

    private static void add(
            ViewDefinition definition,
            List<FeatureRow> rows,
            List<CaseLabel> labels,
            List<List<Value>> cells) {
        OnlineView view = OnlineView.of(definition);
        rows.forEach(view::put);
        List<Column> features = definition.view().features();
        List<Integer> all = IntStream.range(0, features.size()).boxed().toList();
        OnlineView.Reads reads = view.reads(all, all);
        var out = new OnlineCells(features.size());
        IntStream.range(0, labels.size())
                .boxed()
                .sorted(Comparator.comparingLong(label -> time(labels.get(label))))
                .forEach(label -> {
                    Optional<EntityKey> entity = labels.get(label).entity(definition.view().key());
                    if (entity.isPresent() && labels.get(label).time() instanceof Value.Whole) {
                        view.advance(time(labels.get(label)));
                        reads.read(entity.get(), out);
                    } else {
                        reads.readNothing(out);
                    }
                    for (int f = 0; f < features.size(); f++) {
                        cells.get(label).add(value(out, f, features.get(f).type()));
                    }
                });
    }

    private static long time(CaseLabel label) {
        return label.time() instanceof Value.Whole(long time) ? time : Long.MIN_VALUE;
    }

    private static Value value(OnlineCells cells, int cell, ColumnType type) {
        if (cells.status(cell) != OnlineStatus.PRESENT) {
            return Value.MISSING;
        }
        return switch (type) {
            case DOUBLE -> Value.of(Double.longBitsToDouble(cells.bits(cell)));
            case LONG, TIMESTAMP -> Value.of(cells.bits(cell));
            case BOOLEAN -> Value.of(cells.bits(cell) != 0);
            case TEXT -> Value.of(String.valueOf(cells.text(cell)));
        };
    }
}
