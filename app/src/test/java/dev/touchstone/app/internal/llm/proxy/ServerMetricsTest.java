package dev.touchstone.app.internal.llm.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.OptionalDouble;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A scrape")
class ServerMetricsTest {
    @Test
    void is_read_as_vllm_writes_it() {
        var metrics =
                read(
                        """
                        # HELP vllm:num_requests_running Number of requests in model execution batches.
                        # TYPE vllm:num_requests_running gauge
                        vllm:num_requests_running{engine="0",model_name="a} b"} 12.0
                        vllm:num_requests_waiting{engine="0",model_name="a} b"} 3.0
                        vllm:num_requests_waiting_by_reason{reason="capacity"} 7.0
                        vllm:kv_cache_usage_perc{engine="0",model_name="a} b"} 0.625 1716200000000
                        vllm:cache_config_info{block_size="16",num_gpu_blocks="19073",engine="0"} 1.0
                        """);

        assertThat(metrics)
                .isEqualTo(new ServerMetrics(12, 3, 0.625, OptionalDouble.of(16 * 19_073)));
    }

    @Test
    void is_read_as_sglang_and_llama_cpp_write_it() {
        assertThat(
                        read(
                                """
                                sglang:num_running_reqs{model_name="m"} 5.0
                                sglang:num_queue_reqs{model_name="m"} 2.0
                                sglang:token_usage{model_name="m"} 0.28
                                sglang:max_total_num_tokens{model_name="m"} 471258.0
                                """))
                .isEqualTo(new ServerMetrics(5, 2, 0.28, OptionalDouble.of(471_258)));
        assertThat(
                        read(
                                """
                                llamacpp:requests_processing 1
                                llamacpp:requests_deferred 4
                                llamacpp:kv_cache_usage_ratio 0.5
                                """))
                .isEqualTo(new ServerMetrics(1, 4, 0.5, OptionalDouble.empty()));
    }

    @Test
    void of_an_old_vllm_names_the_cache_otherwise() {
        assertThat(
                        read(
                                """
                                vllm:num_requests_running 1
                                vllm:gpu_cache_usage_perc 0.75
                                """))
                .isEqualTo(new ServerMetrics(1, 0, 0.75, OptionalDouble.empty()));
    }

    @Test
    void counts_ranks_together_and_the_fullest_cache() {
        assertThat(
                        read(
                                """
                                vllm:num_requests_running{engine="0"} 2
                                vllm:num_requests_running{engine="1"} 3
                                vllm:kv_cache_usage_perc{engine="0"} 0.2
                                vllm:kv_cache_usage_perc{engine="1"} 0.9
                                """))
                .isEqualTo(new ServerMetrics(5, 0, 0.9, OptionalDouble.empty()));
    }

    @Test
    void of_something_else_says_nothing() {
        assertThat(ServerMetrics.read("go_goroutines 7\n".getBytes(StandardCharsets.UTF_8)))
                .isEmpty();
        assertThat(
                        ServerMetrics.read(
                                "vllm:num_requests_running NaN\n".getBytes(StandardCharsets.UTF_8)))
                .isEmpty();
        assertThat(ServerMetrics.read(new byte[0])).isEmpty();
    }

    private static ServerMetrics read(String text) {
        return ServerMetrics.read(text.getBytes(StandardCharsets.UTF_8)).orElseThrow();
    }
}
