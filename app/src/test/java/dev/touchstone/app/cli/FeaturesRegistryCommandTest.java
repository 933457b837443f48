package dev.touchstone.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.app.internal.cli.CommandLineInterface;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The commands of a feature store's registry")
class FeaturesRegistryCommandTest {
    private static final String FIRST =
            """
            views:
              card:
                owner: cards
                key: {card: long}
                events: {amount: double}
                features:
                  paid_1h: {sum: amount, window: 1h}
                  paid_1d: {sum: amount, window: 1d}
                tier: streaming
            models:
              fraud: {owner: ml, features: [card.paid_1h]}
            """;

    @TempDir private Path directory = Path.of("");
    private Path first = Path.of("");
    private Path second = Path.of("");

    private record Result(int code, String out, String err) {}

    @BeforeEach
    void write() throws IOException {
        first = directory.resolve("first.yaml");
        second = directory.resolve("second.yaml");
        Files.writeString(first, FIRST);
        Files.writeString(
                second, FIRST.replace("sum: amount, window: 1h", "mean: amount, window: 1h"));
    }

    @Test
    void refuse_what_breaks_a_model_and_change_nothing_then() {
        assertThat(features("plan", first.toString()).out())
                .contains("card: a new view with 2 features", "model fraud: reads 1 feature");
        assertThat(features("apply", first.toString()).out()).contains("Applied as version 1.");

        Result plan = features("plan", second.toString());
        assertThat(plan.code()).isEqualTo(1);
        assertThat(plan.out()).contains("! card.paid_1h", "REFUSED while read by fraud (ml)");
        Result apply = features("apply", second.toString());
        assertThat(apply.code()).isEqualTo(1);
        assertThat(apply.err()).contains("still read by [fraud (ml)]");
        assertThat(features("apply", first.toString()).out())
                .contains("Nothing changes.", "Stays at version 1.");
    }

    @Test
    void refuse_what_would_leave_rows_that_cannot_be_read_and_take_new_columns()
            throws IOException {
        String plain = "views:\n  t: {owner: us, key: {k: long}, features: {%s}}\n";
        Files.writeString(first, plain.formatted("x: double"));
        Path rows =
                Files.writeString(
                        directory.resolve("t.csv"), "k,x,event_time\n1,1.5,2026-03-04T12:00:00Z\n");
        features("apply", first.toString());
        assertThat(features("append", "t", rows.toString()).code()).isZero();

        Files.writeString(second, plain.formatted("x: long"));
        Result plan = features("plan", second.toString());
        assertThat(plan.code()).isEqualTo(1);
        assertThat(plan.out())
                .contains("! t.x: was double and becomes long", "x is double, and it would be long")
                .contains("REFUSED because its rows could not be read");
        assertThat(features("apply", second.toString()).err())
                .contains("give the column or the view a new name");

        Files.writeString(second, plain.formatted("y: long, x: double"));
        assertThat(features("apply", second.toString()).out())
                .contains("t.y: a new column, long; rows from before have none", "version 2");
        assertThat(features("list").out()).contains("1 rows", "y (long), x (double)");
        // A list that is given other definitions names what it cannot read, and goes on.
        Path third =
                Files.writeString(
                        directory.resolve("third.yaml"),
                        plain.formatted("x: text")
                                + "  u: {owner: us, key: {k: long}, features: {z: long}}\n");
        assertThat(features("list", "--definitions", third.toString()).out())
                .contains("BROKEN: view t has rows in which x is double", "u ");
    }

    @Test
    void tell_what_there_is_who_owns_it_and_what_breaks_without_it() {
        assertThat(features("show").err()).contains("nothing was applied to this store yet");
        features("apply", first.toString());
        assertThat(features("show").out())
                .contains("version 1, applied ", "card", "streaming, owner cards", "model fraud");
        assertThat(features("show", "card").out())
                .contains("sum of amount over", "read by fraud (ml)");
        assertThat(features("owners").out()).contains("card (2 features)", "model fraud");
        assertThat(features("lineage", "card:amount").out())
                .contains("gone    card.paid_1d", "broken  model fraud (ml)", "ask     cards, ml");
        assertThat(features("lineage", "card.paid").err()).contains("[paid_1h, paid_1d]");
        // What was applied is what the other commands use.
        assertThat(features("list").out()).contains("card", "0 rows");
        assertThat(features("parity").out())
                .contains("0 reads", "Nothing was served that could be compared.");
    }

    private Result features(String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        String[] store = {"--store", directory.resolve("store").toString()};
        int code =
                CommandLineInterface.run(
                        Stream.of(new String[] {"features"}, arguments, store)
                                .flatMap(Stream::of)
                                .toArray(String[]::new),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        Map.of());
        return new Result(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
