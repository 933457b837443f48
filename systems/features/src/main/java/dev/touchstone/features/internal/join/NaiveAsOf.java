package dev.touchstone.features.internal.join;

import dev.touchstone.features.Answer;
import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.Mode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The as-of join, one label at a time and straight from [AsOfRule]: the oracle that [AsOfJoin] is
/// compared with.
public final class NaiveAsOf {
    private final List<FeatureRow> history;
    private final AsOfRule rule;
    private final Mode mode;

    /// @param history the rows of one view in any order
    public NaiveAsOf(List<FeatureRow> history, AsOfRule rule, Mode mode) {
        this.history = history;
        this.rule = rule;
        this.mode = mode;
    }

    /// Reads the whole history once.
    public Answer answer(EntityKey entity, long labelTime) {
        @Nullable FeatureRow winner = null;
        for (FeatureRow row : history) {
            if (row.entity().equals(entity)
                    && rule.admits(row, labelTime, mode)
                    && (winner == null || FeatureRow.BY_PRECEDENCE.compare(row, winner) > 0)) {
                winner = row;
            }
        }
        if (winner == null) {
            return new Answer.NotFound();
        }
        if (rule.isStale(winner, labelTime)) {
            return new Answer.Stale(winner);
        }
        return winner.isTombstone() ? new Answer.Deleted(winner) : new Answer.Found(winner);
    }
}
