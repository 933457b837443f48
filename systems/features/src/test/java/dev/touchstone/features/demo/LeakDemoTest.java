package dev.touchstone.features.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.features.LeakAudit.ColumnPart;
import dev.touchstone.features.LeakAudit.Finding;
import dev.touchstone.features.demo.LeakDemo.Measured;
import dev.touchstone.features.demo.LeakDemo.Report;
import dev.touchstone.testkit.Seeds;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("The demonstration of a leak")
class LeakDemoTest {
    private static final long SEED = 11;

    @TempDir private static Path made = Path.of("");

    @TempDir private Path folder = Path.of("");

    private static Report report;

    @BeforeAll
    static void run() throws IOException {
        report = LeakDemo.run(made, SEED);
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(4)
    void shows_both_faults_and_the_cure_of_one(long seed) throws IOException {
        Report its = LeakDemo.run(folder, seed);

        check(its.naive().offline(), 0.92, 0.84, 0.998);
        check(its.naive().online(), 0.71, 0.51, 0.883);

        // The join cures the leak …
        assertThat(Math.abs(its.asOf().gap())).isLessThanOrEqualTo(0.01);
        assertThat(its.asOf().online().auc()).isCloseTo(0.71, within(0.01));
        // … and not the second fault, which has nothing to do with it.
        assertThat(its.asOf().offline().coverage()).isCloseTo(0.998, within(0.003));
        assertThat(its.asOf().online().coverage()).isCloseTo(0.883, within(0.003));
        // Event time alone is no cure: the nightly job is late.
        assertThat(its.eventTime().gap()).isBetween(0.05, 0.15);
    }

    @Test
    void finds_every_cell_as_it_was_served_but_for_the_expired_ones() {
        assertThat(report.parity().logged()).isEqualTo(4 * report.payments());
        assertThat(report.parity().different()).isZero();
        assertThat(report.parity().notServed())
                .containsEntry("account.payments_30d", 0L)
                .containsEntry("account.countries_30d", 0L)
                .containsEntry("merchant.chargebacks_90d", 0L);
        long expired = report.parity().notServed().getOrDefault("device.failed_logins_24h", 0L);
        assertThat(expired + report.parity().same()).isEqualTo(4 * report.payments());
        assertThat((double) expired / report.payments()).isBetween(0.44, 0.48);
    }

    @Test
    void proves_the_leak_of_the_naive_set_from_the_history() {
        ColumnPart payments = report.audit().columns().get(0);
        ColumnPart countries = report.audit().columns().get(1);
        assertThat(payments.name()).isEqualTo("account.payments_30d");
        assertThat((double) payments.count(Finding.LEAKED) / report.payments()).isGreaterThan(0.8);
        assertThat(countries.count(Finding.LEAKED)).isZero();
        assertThat(report.audit().columns())
                .allSatisfy(column -> assertThat(column.count(Finding.UNEXPLAINED)).isZero());
    }

    @Test
    void leaves_the_same_files_for_the_same_seed_and_touches_no_full_folder() throws IOException {
        assertThat(LeakDemo.run(folder, SEED)).isEqualTo(report);
        for (String file : new String[] {"labels.csv", "served.csv", "account.csv", "naive.csv"}) {
            assertThat(Files.mismatch(folder.resolve(file), made.resolve(file))).isEqualTo(-1);
        }
        assertThatThrownBy(() -> LeakDemo.run(made, SEED))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContainingAll(made.toString(), "not empty");
    }

    private static void check(Measured measured, double auc, double topDecile, double coverage) {
        assertThat(measured.auc()).isCloseTo(auc, within(0.01));
        assertThat(measured.topDecile()).isCloseTo(topDecile, within(0.01));
        assertThat(measured.coverage()).isCloseTo(coverage, within(0.003));
    }
}
