package dev.touchstone.features.internal.join;

import dev.touchstone.features.Answer;
import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.Explanation;
import dev.touchstone.features.Explanation.Considered;
import dev.touchstone.features.Explanation.Verdict;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.Mode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Says of each row of an entity why it was served to a label or was not.
public final class Explainer {
    private final AsOfRule rule;
    private final Mode mode;

    public Explainer(AsOfRule rule, Mode mode) {
        this.rule = rule;
        this.mode = mode;
    }

    /// @param rows all rows of the entity
    public Explanation explain(List<FeatureRow> rows, EntityKey entity, long labelTime) {
        Answer answer = new NaiveAsOf(rows, rule, mode).answer(entity, labelTime);
        List<FeatureRow> sorted = new ArrayList<>(rows);
        sorted.sort(FeatureRow.BY_PRECEDENCE.reversed());
        return new Explanation(
                answer,
                sorted.stream()
                        .map(row -> new Considered(row, verdict(row, answer, labelTime)))
                        .toList());
    }

    private Verdict verdict(FeatureRow row, Answer answer, long labelTime) {
        Optional<Verdict> won =
                switch (answer) {
                    case Answer.Found(FeatureRow winner) when winner.equals(row) ->
                            Optional.of(Verdict.WINS);
                    case Answer.Deleted(FeatureRow winner) when winner.equals(row) ->
                            Optional.of(Verdict.WINS_AS_TOMBSTONE);
                    case Answer.Stale(FeatureRow winner) when winner.equals(row) ->
                            Optional.of(Verdict.WINS_BUT_STALE);
                    case Answer.Found _, Answer.Deleted _, Answer.Stale _, Answer.NotFound _ ->
                            Optional.empty();
                };
        if (won.isPresent()) {
            return won.get();
        }
        if (rule.admits(row, labelTime, mode)) {
            return Verdict.WEAKER;
        }
        return rule.admits(row, labelTime, Mode.EVENT_TIME)
                ? Verdict.NOT_KNOWN
                : Verdict.NOT_HAPPENED;
    }
}
