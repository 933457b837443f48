package dev.touchstone.app.internal.features;

import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.ParityReport;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Values and rows, for people.
public final class ValueText {
    private ValueText() {}

    public static String of(Value value) {
        return switch (value) {
            case Value.Missing _ -> "nothing";
            case Value.Real(double real) -> Double.toString(real);
            case Value.Whole(long whole) -> Long.toString(whole);
            case Value.Text(String text) -> "“" + text + "”";
            case Value.Truth(boolean truth) -> Boolean.toString(truth);
        };
    }

    /// `balance 12.5, status “open”`.
    static String of(FeatureView view, FeatureRow row) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < row.values().size(); i++) {
            values.add(view.features().get(i).name() + " " + of(row.values().get(i)));
        }
        return String.join(", ", values);
    }

    /// A cell that differs.
    public static String of(ParityReport.Difference difference) {
        return "%s, %s at %s: served %s, replayed %s (%s)"
                .formatted(
                        difference.rowId(),
                        difference.feature(),
                        Times.text(difference.asOf()),
                        of(difference.served()),
                        of(difference.replayed()),
                        difference.cause().name().toLowerCase(Locale.ROOT));
    }
}
