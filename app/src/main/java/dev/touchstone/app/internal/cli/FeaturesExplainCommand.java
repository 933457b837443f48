package dev.touchstone.app.internal.cli;

import dev.touchstone.features.Answer;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.Explanation;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Mode;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.WindowExplanation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `touchstone features explain`: why this value.
@Command(
        name = "explain",
        description = {
            "Shows what a label of an entity would be given at a time, and every row that was"
                    + " considered, the strongest first; of windows every event, and what counts it."
        },
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class FeaturesExplainCommand implements Runnable {
    private final Console console;

    @Parameters(index = "0", paramLabel = "VIEW", description = "Whose rows.")
    private String view = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "KEY",
            description = "The entity: one value for each key column.")
    private List<String> key = List.of();

    @Option(
            names = "--at",
            paramLabel = "TIME",
            required = true,
            description = "The label's moment, such as 2026-03-04T12:00:00Z.")
    private String at = "";

    @Option(names = "--event-time", description = "As a join by event time would see it.")
    private boolean eventTime;

    @Mixin private FeatureStoreOptions options = new FeatureStoreOptions();

    FeaturesExplainCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        FeatureView definition = options.view(view);
        ViewDefinition whole = options.definitions().view(view);
        options.reading(store -> {
            if (whole.windows().isPresent()) {
                explainWindows(store, whole);
            } else {
                explain(store, definition);
            }
        });
    }

    private void explainWindows(FeatureStore store, ViewDefinition definition) throws IOException {
        List<Column> features = definition.view().features();
        WindowExplanation explanation =
                store.explainWindows(view, definition.view().readKey(key), Times.parse(at), mode());
        for (int f = 0; f < features.size(); f++) {
            console.out()
                    .printf(
                            "%s %s%n",
                            features.get(f).name(),
                            cell(features.get(f), explanation.values().get(f)));
        }
        for (WindowExplanation.Considered one : explanation.considered()) {
            console.out()
                    .printf(
                            "  %-24s event %s, available %s, %s%n",
                            words(one, features),
                            Times.text(one.row().eventTime()),
                            Times.text(one.row().availableTime()),
                            values(definition.source(), one.row()));
        }
    }

    private static String words(WindowExplanation.Considered one, List<Column> features) {
        return switch (one.verdict()) {
            case NOT_HAPPENED -> "had not happened";
            case NOT_KNOWN -> "was not known yet";
            case REPLACED -> "was replaced";
            case TOO_OLD -> "too old";
            case COUNTS ->
                    "COUNTS in "
                            + String.join(
                                    ", ",
                                    one.counting().stream()
                                            .map(f -> features.get(f).name())
                                            .toList());
        };
    }

    private Mode mode() {
        return eventTime ? Mode.EVENT_TIME : Mode.KNOWN_AT_THE_TIME;
    }

    private void explain(FeatureStore store, FeatureView definition) throws IOException {
        Explanation explanation =
                store.explain(view, definition.readKey(key), Times.parse(at), mode());
        console.out().println(sentence(explanation.answer()));
        for (Explanation.Considered considered : explanation.considered()) {
            FeatureRow row = considered.row();
            console.out()
                    .printf(
                            "  %-24s event %s, available %s, %s%n",
                            words(considered.verdict()),
                            Times.text(row.eventTime()),
                            Times.text(row.availableTime()),
                            row.isTombstone() ? "deleted" : values(definition, row));
        }
    }

    private static String sentence(Answer answer) {
        return switch (answer) {
            case Answer.Found _ -> "The row that wins is served.";
            case Answer.Deleted _ -> "Nothing is served: the entity was deleted.";
            case Answer.Stale _ -> "Nothing is served: the row that wins is older than maxAge.";
            case Answer.NotFound _ -> "Nothing is served: no row was known.";
        };
    }

    private static String words(Explanation.Verdict verdict) {
        return switch (verdict) {
            case NOT_HAPPENED -> "had not happened";
            case NOT_KNOWN -> "was not known yet";
            case WEAKER -> "weaker";
            case WINS -> "WINS";
            case WINS_AS_TOMBSTONE -> "WINS as a tombstone";
            case WINS_BUT_STALE -> "WINS but is too old";
        };
    }

    private static String values(FeatureView definition, FeatureRow row) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < row.values().size(); i++) {
            Column column = definition.features().get(i);
            values.add("%s %s".formatted(column.name(), cell(column, row.values().get(i))));
        }
        return String.join(", ", values);
    }

    private static String cell(Column column, Value value) {
        return switch (value) {
            case Value.Missing _ -> "missing";
            case Value.Real(double real) -> Double.toString(real);
            case Value.Whole(long whole) ->
                    column.type() == ColumnType.TIMESTAMP
                            ? Times.text(whole)
                            : Long.toString(whole);
            case Value.Text(String text) -> "'" + text + "'";
            case Value.Truth(boolean truth) -> Boolean.toString(truth);
        };
    }
}
