package dev.touchstone.features.internal.audit;

import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.LeakAudit.Evidence;
import dev.touchstone.features.LeakAudit.Finding;
import dev.touchstone.features.Value;
import java.util.List;
import java.util.Optional;

/// What a cell of one feature is, given the rows of its entity.
interface Trial {
    /// What is served at a moment.
    Value served(List<FeatureRow> rows, long moment);

    /// What a join by event time alone gives, as if everything had been known at once.
    Value byEventTime(List<FeatureRow> rows, long moment);

    /// The earliest moment at which a row can be served.
    long visibleFrom(FeatureRow row);

    /// Moments at which everything has happened.
    List<Long> ends();

    /// What a value is that somebody gave to a label.
    ///
    /// @param rows all of the entity, in any order
    Verdict of(List<FeatureRow> rows, long moment, Value value);

    /// @param evidence for a leak
    record Verdict(Finding finding, Optional<Evidence> evidence) {
        static Verdict of(Finding finding) {
            return new Verdict(finding, Optional.empty());
        }

        static Verdict leaked(Evidence evidence) {
            return new Verdict(Finding.LEAKED, Optional.of(evidence));
        }
    }
}
