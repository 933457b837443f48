package dev.touchstone.llm.hardware.validation;

import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/// What the cost models predict beside what others measured.
public record ValidationReport(List<Section> sections) {
    public ValidationReport {
        sections = List.copyOf(sections);
    }

    /// Measurements of one kind.
    ///
    /// @param text what was compared with what
    /// @param listed whether its rows are few enough to read, rather than only to sum up
    public record Section(
            String title, String text, List<Row> rows, boolean listed, List<Summary> summaries) {
        public Section {
            rows = List.copyOf(rows);
            summaries = List.copyOf(summaries);
        }
    }

    /// One measured quantity.
    ///
    /// @param half whether coefficients were fitted to it
    /// @param tables what measured kernel tables predict
    /// @param profile what the shipped coefficients predict
    public record Row(
            String setup,
            String quantity,
            String unit,
            Half half,
            double measured,
            Prediction tables,
            Prediction profile) {}

    /// A prediction, and between what it lies over several seeds of the arrivals.
    public record Prediction(double value, double low, double high) {
        static Prediction of(double value) {
            return new Prediction(value, value, value);
        }

        /// Relative deviation: 0.1 is a tenth too much.
        public double error(double measured) {
            return value / measured - 1;
        }
    }

    /// What a measurement was used for.
    public enum Half {
        /// Coefficients were fitted to it.
        FITTED,
        /// It was kept from all fits.
        HELD_OUT
    }

    /// Deviations of a group of rows.
    ///
    /// @param size rows in it
    /// @param median of the deviations, with their signs
    /// @param medianSize half of the rows deviate by less
    /// @param ninetieth nine of ten rows deviate by less
    public record Summary(
            String group, int size, double median, double medianSize, double ninetieth) {
        static Summary of(
                String group, List<Row> rows, Predicate<Row> in, ToDoubleFunction<Row> error) {
            double[] errors = rows.stream().filter(in).mapToDouble(error).sorted().toArray();
            double[] sizes =
                    rows.stream().filter(in).mapToDouble(error).map(Math::abs).sorted().toArray();
            return new Summary(
                    group,
                    errors.length,
                    quantile(errors, 0.5),
                    quantile(sizes, 0.5),
                    quantile(sizes, 0.9));
        }
    }

    /// Linear between the two nearest of ascending values; 0 of none.
    static double quantile(double[] ascending, double share) {
        if (ascending.length == 0) {
            return 0;
        }
        double position = share * (ascending.length - 1);
        int below = (int) position;
        int above = Math.min(below + 1, ascending.length - 1);
        return ascending[below] + (position - below) * (ascending[above] - ascending[below]);
    }
}
