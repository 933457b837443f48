package dev.touchstone.features;

import java.util.List;
import java.util.Map;

/// How what was served compares with what a training set would be given for the same moments.
///
/// @param reads how many were replayed
/// @param examples some differences, as they were met
public record ParityReport(long reads, List<FeaturePart> features, List<Difference> examples) {
    public ParityReport {
        features = List.copyOf(features);
        examples = List.copyOf(examples);
    }

    /// Why two answers differ.
    public enum Cause {
        /// Rows came after the read which say that they had been available before it.
        LATE,
        /// As LATE, and a row says something else about an event that was known.
        RESTATED,
        /// The answers agree at a moment within five seconds of the one that is logged.
        CLOCK,
        /// One has a value where the other has none, for no reason above.
        MISSING,
        /// The values differ, for no reason above.
        SKEW
    }

    /// A feature.
    ///
    /// @param name `view.feature`
    /// @param cells how many were compared
    /// @param causes how many differ, by cause; those that do not are not there
    public record FeaturePart(String name, long cells, Map<Cause, Long> causes) {
        public FeaturePart {
            causes = Map.copyOf(causes);
        }

        public long matches() {
            return cells - causes.values().stream().mapToLong(Long::longValue).sum();
        }

        /// 0 to 1; 1 when nothing was compared.
        public double matchRate() {
            return cells == 0 ? 1 : (double) matches() / cells;
        }
    }

    /// A cell that differs.
    ///
    /// @param feature `view.feature`
    /// @param asOf the moment that was read, in nanoseconds
    public record Difference(
            String rowId, String feature, long asOf, Value served, Value replayed, Cause cause) {}

    /// The share of cells that agree, 0 to 1; 1 when nothing was compared.
    public double matchRate() {
        long cells = features.stream().mapToLong(FeaturePart::cells).sum();
        long matches = features.stream().mapToLong(FeaturePart::matches).sum();
        return cells == 0 ? 1 : (double) matches / cells;
    }
}
