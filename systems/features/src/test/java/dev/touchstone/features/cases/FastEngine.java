package dev.touchstone.features.cases;

import dev.touchstone.features.Column;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Value;
import dev.touchstone.features.internal.join.AsOfJoin;
import dev.touchstone.features.internal.join.JoinLabels;
import dev.touchstone.features.internal.join.LabelColumns;
import dev.touchstone.features.internal.join.RowBatches;
import dev.touchstone.features.internal.join.ViewJoin;
import dev.touchstone.features.internal.log.Disk;
import dev.touchstone.features.internal.log.FolderDisk;
import dev.touchstone.features.internal.log.ViewHistory;
import dev.touchstone.features.internal.stream.StreamJoin;
import dev.touchstone.features.internal.stream.WaitingLabels;
import dev.touchstone.features.internal.table.ClusteredTable;
import dev.touchstone.features.internal.table.TableBuilder;
import dev.touchstone.features.internal.table.TableShape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Answers as-of cases with the fast join.
final class FastEngine {
    private FastEngine() {}

    /// From memory.
    static List<List<Value>> join(FeatureCase.AsOf one, Mode mode) {
        return join(one, mode, FastEngine::inMemory);
    }

    /// From a history on disk, of which the first half of the rows is compacted.
    static List<List<Value>> joinFromDisk(FeatureCase.AsOf one, Mode mode, Path folder) {
        return join(one, mode, history -> onDisk(history, folder));
    }

    /// With the history streaming past the labels in two batches.
    static List<List<Value>> joinStreamed(FeatureCase.AsOf one, Mode mode) {
        List<List<Value>> cells = new ArrayList<>();
        one.labels().forEach(_ -> cells.add(new ArrayList<>()));
        for (FeatureCase.History history : one.views()) {
            FeatureView view = history.view();
            LabelColumns columns = columns(view, one.labels());
            var join =
                    new StreamJoin(
                            WaitingLabels.of(columns.keys(), columns.times()),
                            view.rule(),
                            mode,
                            view.features().stream().map(Column::type).toList());
            int half = history.rows().size() / 2;
            join.add(RowBatches.of(view, history.rows().subList(0, half)));
            join.add(RowBatches.of(view, history.rows().subList(half, history.rows().size())));
            for (var column : join.finish().cells()) {
                for (int i = 0; i < cells.size(); i++) {
                    cells.get(i).add(column.value(i));
                }
            }
        }
        return cells;
    }

    private interface Tables {
        List<ClusteredTable> of(FeatureCase.History history);
    }

    private static List<List<Value>> join(FeatureCase.AsOf one, Mode mode, Tables tables) {
        List<List<Value>> cells = new ArrayList<>();
        one.labels().forEach(_ -> cells.add(new ArrayList<>()));
        for (FeatureCase.History history : one.views()) {
            ViewJoin join = join(history, one.labels(), mode, tables.of(history));
            for (int i = 0; i < cells.size(); i++) {
                for (var column : join.cells()) {
                    cells.get(i).add(column.value(i));
                }
            }
        }
        return cells;
    }

    private static ViewJoin join(
            FeatureCase.History history,
            List<CaseLabel> labels,
            Mode mode,
            List<ClusteredTable> tables) {
        FeatureView view = history.view();
        LabelColumns columns = columns(view, labels);
        ViewJoin join = ViewJoin.all(view, tables, labels.size());
        AsOfJoin.run(
                JoinLabels.partition(columns.keys(), columns.times(), history.rows().size()),
                mode,
                List.of(join));
        return join;
    }

    private static LabelColumns columns(FeatureView view, List<CaseLabel> labels) {
        List<Value> missing = Collections.nCopies(view.key().size(), Value.MISSING);
        return LabelColumns.of(
                view,
                labels.stream()
                        .map(label ->
                                label.entity(view.key()).map(EntityKey::parts).orElse(missing))
                        .toList(),
                labels.stream().map(CaseLabel::time).toList());
    }

    private static List<ClusteredTable> inMemory(FeatureCase.History history) {
        var builder = new TableBuilder(TableShape.of(history.view()));
        history.rows().forEach(builder::add);
        return List.of(builder.build(Arena.ofAuto()));
    }

    private static List<ClusteredTable> onDisk(FeatureCase.History history, Path folder) {
        int half = history.rows().size() / 2;
        try (Disk disk = FolderDisk.open(folder.resolve(history.view().name()))) {
            try (var kept = new ViewHistory(disk, history.view())) {
                kept.append(history.rows().subList(0, half));
                kept.compact();
                kept.append(history.rows().subList(half, history.rows().size()));
            }
            try (var kept = new ViewHistory(disk, history.view())) {
                return kept.tables();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
