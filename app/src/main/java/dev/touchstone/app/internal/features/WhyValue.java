package dev.touchstone.app.internal.features;

import dev.touchstone.features.Answer;
import dev.touchstone.features.Column;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.Explanation;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Times;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.WindowExplanation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// Why an entity got its values at a moment: the rows that were considered, and which won.
///
/// @param said what is served
/// @param considered how many rows there are, of which `rows` has the first
public record WhyValue(String said, int considered, List<Line> rows) {
    private static final int MAX_ROWS = 50;

    /// A row that was considered.
    public record Line(
            String verdict, boolean wins, String event, String available, String values) {}

    /// Asks the store.
    ///
    /// @param key the key's parts, with commas between them
    /// @throws IllegalArgumentException when the question has no answer, with the cure
    public static WhyValue of(FeatureService service, String view, String key, String at)
            throws IOException {
        if (service.definitions().computed(view).isPresent()) {
            throw new IllegalArgumentException(
                    "%s is computed on request; ask for the views that it uses".formatted(view));
        }
        ViewDefinition definition = service.definitions().view(view);
        EntityKey entity =
                definition
                        .view()
                        .readKey(Stream.of(key.split(",", -1)).map(String::strip).toList());
        long time = Times.parse(at);
        return definition.windows().isPresent()
                ? windows(service, definition, entity, time)
                : rows(service, definition, entity, time);
    }

    private static WhyValue rows(
            FeatureService service, ViewDefinition definition, EntityKey entity, long time)
            throws IOException {
        Explanation why =
                service.store()
                        .explain(definition.view().name(), entity, time, Mode.KNOWN_AT_THE_TIME);
        return new WhyValue(
                sentence(why.answer()),
                why.considered().size(),
                why.considered().stream()
                        .limit(MAX_ROWS)
                        .map(considered -> line(definition.view(), considered))
                        .toList());
    }

    private static String sentence(Answer answer) {
        return switch (answer) {
            case Answer.Found _ -> "The row that wins is served.";
            case Answer.Deleted _ -> "Nothing is served: the entity was deleted.";
            case Answer.Stale _ -> "Nothing is served: the row that wins is older than maxAge.";
            case Answer.NotFound _ -> "Nothing is served: no row was known.";
        };
    }

    private static Line line(FeatureView view, Explanation.Considered considered) {
        FeatureRow row = considered.row();
        boolean wins =
                switch (considered.verdict()) {
                    case WINS, WINS_AS_TOMBSTONE, WINS_BUT_STALE -> true;
                    case NOT_HAPPENED, NOT_KNOWN, WEAKER -> false;
                };
        return new Line(
                words(considered.verdict().name()),
                wins,
                Times.text(row.eventTime()),
                Times.text(row.availableTime()),
                row.isTombstone() ? "deleted" : ValueText.of(view, row));
    }

    private static WhyValue windows(
            FeatureService service, ViewDefinition definition, EntityKey entity, long time)
            throws IOException {
        List<Column> features = definition.view().features();
        WindowExplanation why =
                service.store()
                        .explainWindows(
                                definition.view().name(), entity, time, Mode.KNOWN_AT_THE_TIME);
        List<String> served = new ArrayList<>();
        for (int f = 0; f < features.size(); f++) {
            served.add(features.get(f).name() + " " + ValueText.of(why.values().get(f)));
        }
        List<Line> lines = new ArrayList<>();
        for (WindowExplanation.Considered one :
                why.considered().stream().limit(MAX_ROWS).toList()) {
            List<String> counting =
                    one.counting().stream().map(f -> features.get(f).name()).toList();
            boolean counts = one.verdict() == WindowExplanation.Verdict.COUNTS;
            lines.add(
                    new Line(
                            counts
                                    ? "counts in " + String.join(", ", counting)
                                    : words(one.verdict().name()),
                            counts,
                            Times.text(one.row().eventTime()),
                            Times.text(one.row().availableTime()),
                            ValueText.of(definition.source(), one.row())));
        }
        return new WhyValue(
                "Served: %s.".formatted(String.join(", ", served)), why.considered().size(), lines);
    }

    private static String words(String verdict) {
        return verdict.toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
