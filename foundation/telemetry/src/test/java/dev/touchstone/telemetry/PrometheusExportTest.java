package dev.touchstone.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Telemetry exported to Prometheus")
class PrometheusExportTest {
    private static final String NASTY = "C:\\dir \"x\"\nnext}, le=";

    private final Telemetry telemetry = new Telemetry(Duration.ofNanos(10), 8);
    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final PrometheusExport export = new PrometheusExport(telemetry, registry);

    @Test
    void keeps_names_labels_and_help_as_they_are() {
        telemetry
                .counter("vllm:prompt_tokens_total", "tokens", "Tokens: \\ and\n\"all\".", "m", "a")
                .add(0, 42);
        telemetry.gauge("vllm:num_requests_running", "requests", "Running.", "m", NASTY).set(0, 3);

        PrometheusText text = scrape();
        assertThat(text.value("vllm:prompt_tokens_total", "m", "a")).isEqualTo(42);
        assertThat(text.value("vllm:num_requests_running", "m", NASTY)).isEqualTo(3);
        assertThat(text.types())
                .containsEntry("vllm:prompt_tokens_total", "counter")
                .containsEntry("vllm:num_requests_running", "gauge");
        assertThat(text.helps())
                .containsEntry("vllm:prompt_tokens_total", "Tokens: \\ and\n\"all\".");
    }

    @Test
    void gives_a_distribution_as_a_summary_of_the_last_windows() {
        Distribution ttft =
                telemetry.distribution("vllm:ttft_seconds", "seconds", "TTFT.", 1000, "m", "a");
        ttft.record(0, 5000, 10);
        ttft.record(10, 250, 60);
        ttft.record(20, 500, 40);
        telemetry.advance(25);

        PrometheusText text = scrape();
        assertThat(text.types()).containsEntry("vllm:ttft_seconds", "summary");
        assertThat(text.value("vllm:ttft_seconds_count", "m", "a")).isEqualTo(110);
        assertThat(text.value("vllm:ttft_seconds_sum", "m", "a")).isEqualTo(50 + 15 + 20);
        assertThat(text.value("vllm:ttft_seconds", "m", "a", "quantile", "0.5"))
                .isEqualTo(ttft.quantile(0.5, 10, 30))
                .isBetween(0.25, 0.252);
        assertThat(text.value("vllm:ttft_seconds", "m", "a", "quantile", "0.99"))
                .isEqualTo(ttft.quantile(0.99, 10, 30))
                .isEqualTo(0.5);
    }

    @Test
    void groups_the_instruments_of_one_name() {
        telemetry.gauge("a", "1", "A.", "replica", "1").set(0, 1);
        telemetry.gauge("a_b", "1", "B.").set(0, 2);
        telemetry.gauge("a", "1", "A.", "replica", "2").set(0, Double.POSITIVE_INFINITY);
        registry.counter("jvm.starts").increment();

        PrometheusText text = scrape();
        assertThat(text.value("a", "replica", "1")).isEqualTo(1);
        assertThat(text.value("a", "replica", "2")).isInfinite();
        assertThat(text.value("jvm_starts_total")).isEqualTo(1);
    }

    @Test
    void shows_what_was_last_published() {
        Gauge gauge = telemetry.gauge("a", "1", "A.");
        gauge.set(0, 1);
        assertThat(registry.scrape()).isEmpty();
        assertThat(scrape().value("a")).isEqualTo(1);

        gauge.set(1, 2);
        assertThat(PrometheusText.parse(registry.scrape()).value("a")).isEqualTo(1);
        assertThat(scrape().value("a")).isEqualTo(2);
    }

    private PrometheusText scrape() {
        export.publish();
        return PrometheusText.parse(registry.scrape());
    }
}
