package dev.touchstone.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.features.LeakAudit.Finding;
import dev.touchstone.features.LeakAudit.Leak;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The audit of a training set")
class LeakAuditTest {
    private static final long DAY = Times.parseSpan("1d");

    @TempDir private Path folder = Path.of("");

    private final List<Leak> leaks = new ArrayList<>();

    /// Ten daily rows, one label a day that was given the row of its day.
    private LeakAudit tenDays(IntUnaryOperator lateDays) throws IOException {
        List<FeatureRow> rows = new ArrayList<>();
        StringBuilder set = new StringBuilder("id,day,account,amount\n");
        for (int day = 0; day < 10; day++) {
            long event = day(day);
            rows.add(
                    new FeatureRow(
                            EntityKey.of("a"),
                            event,
                            event + lateDays.applyAsInt(day) * DAY,
                            0,
                            List.of(Value.of(100L + day))));
            // A column of whole numbers as pandas writes it.
            set.append("%d,%s,a,%d.0%n".formatted(day, Times.text(event), 100 + day));
        }
        return audit("", rows, set.toString());
    }

    private LeakAudit audit(String rule, List<FeatureRow> rows, String set) throws IOException {
        Definitions definitions =
                Definitions.read(
                        "features.yaml",
                        "views: {spend: {owner: o, key: {account: text}, features: {amount: long}%s}}"
                                .formatted(rule));
        Path file = Files.writeString(folder.resolve("set.csv"), set);
        try (var store = FeatureStore.open(folder.resolve("store"), definitions)) {
            store.append("spend", rows);
            return store.audit(file, "day", Map.of("amount", "spend.amount"), leaks::add);
        }
    }

    private static long day(int day) {
        return Times.parse("%sT00:00:00Z".formatted(LocalDate.of(2026, 1, 1).plusDays(day)));
    }

    @Test
    void proves_the_two_cells_that_came_two_and_five_days_late() throws IOException {
        LeakAudit audit = tenDays(day -> day == 3 ? 2 : day == 7 ? 5 : 0);

        assertThat(audit.labels()).isEqualTo(10);
        assertThat(audit.leaked()).isEqualTo(2);
        assertThat(audit.columns().getFirst().worstLeadNanos()).isEqualTo(5 * DAY);
        assertThat(audit.columns().getFirst().count(Finding.AS_SERVED)).isEqualTo(8);
        assertThat(leaks).extracting(Leak::line).containsExactly(5L, 9L);
        assertThat(leaks.getLast())
                .returns("amount", Leak::column)
                .returns(day(7), Leak::labelTime)
                .returns(Value.of(107L), Leak::value)
                .returns(5 * DAY, LeakAuditTest::lead)
                .satisfies(leak -> assertThat(row(leak).eventTime()).isEqualTo(day(7)))
                .satisfies(leak -> assertThat(row(leak).availableTime()).isEqualTo(day(12)));
    }

    private static long lead(Leak leak) {
        return leak.evidence().leadNanos();
    }

    private static FeatureRow row(Leak leak) {
        assertThat(leak.evidence().rows()).hasSize(1);
        return leak.evidence().rows().getFirst();
    }

    @Test
    void has_nothing_to_say_against_rows_that_came_at_once() throws IOException {
        assertThat(tenDays(_ -> 0).columns().getFirst().cells())
                .containsOnly(Map.entry(Finding.AS_SERVED, 10L));
        assertThat(leaks).isEmpty();
    }

    @Test
    void proves_every_cell_where_everything_is_late() throws IOException {
        assertThat(tenDays(_ -> 14).leaked()).isEqualTo(10);
        assertThat(leaks).extracting(LeakAuditTest::lead).containsOnly(14 * DAY);
    }

    @Test
    void calls_only_that_a_leak_which_nothing_known_explains() throws IOException {
        List<FeatureRow> rows =
                LongStream.of(1, 2, 1, 9)
                        .mapToObj(amount -> Value.of(amount))
                        .map(List::of)
                        .map(values -> new FeatureRow(EntityKey.of("a"), 0, 0, 0, values))
                        .toList();
        List<FeatureRow> dated = new ArrayList<>();
        for (int day = 0; day < rows.size(); day++) {
            FeatureRow row = rows.get(day);
            dated.add(new FeatureRow(row.entity(), day(day), day(day), 0, row.values()));
        }
        LeakAudit audit =
                audit(
                        ", delay: 12h",
                        dated,
                        """
                        day,account,amount
                        2026-01-02T18:00:00Z,a,2
                        2026-01-02T18:00:00Z,a,1
                        2026-01-02T18:00:00Z,a,9
                        2026-01-02T18:00:00Z,a,77
                        2026-01-02T18:00:00Z,a,
                        2026-01-02T18:00:00Z,b,
                        2026-01-02T18:00:00Z,b,1
                        ,a,
                        """);

        assertThat(audit.columns().getFirst().cells())
                .isEqualTo(
                        Map.of(
                                Finding.AS_SERVED, 3L, // 2; b has no value; no time, no value
                                Finding.OUTDATED, 1L, // 1 comes back later, but it was known
                                Finding.LEAKED, 1L, // 9
                                Finding.UNEXPLAINED, 2L, // 77 was never there; nor was b's 1
                                Finding.EMPTY, 1L));
        // The row of January 4 could be served from noon on: 42 hours after the label.
        assertThat(leaks).extracting(LeakAuditTest::lead).containsExactly(Times.parseSpan("42h"));
    }

    @Test
    void says_which_columns_there_are_when_none_is_named_as_a_feature() throws IOException {
        Definitions definitions =
                Definitions.read(
                        "features.yaml",
                        "views: {spend: {owner: o, key: {account: text}, features: {amount: long}}}");
        Path file = Files.writeString(folder.resolve("set.csv"), "day,account,amount\n");
        try (var store = FeatureStore.open(folder.resolve("store"), definitions)) {
            assertThatThrownBy(() -> store.audit(file, "day", Map.of(), leaks::add))
                    .hasMessageContainingAll("set.csv", "[day, account, amount]", "spend.amount");
            assertThatThrownBy(
                            () -> store.audit(file, "day", Map.of("amount", "spend.*"), leaks::add))
                    .hasMessageContaining("'spend.*' is no single feature");
        }
    }
}
