package dev.touchstone.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every figure is right to the last digit given here: `9.6` stands for 9.55 to 9.65.
@DisplayName("The plans reproduce the corrected figure")
class FiguresTest {
    @ParameterizedTest(name = "{0}: {3} is {4} {5} ({1} {2})")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    L1  | llm |                | mean_rate         | 55.6    | request/s
                    L1  | llm |                | peak_rate         | 166.7   | request/s
                    L3  | llm |                | kv_per_token      | 163840  | B/token
                    L3  | llm |                | kv_per_token_mha  | 819200  | B/token
                    L3  | llm |                | weights           | 26      | GB
                    L3  | llm |                | pool              | 50      | GB/GPU
                    L4  | llm |                | floor_time        | 7.8     | ms
                    L4  | llm | sequences=164  | step_time         | 23.0    | ms
                    L5  | llm |                | static_idle       | 75      | %
                    L5  | llm | static_batch=164 | static_idle     | 82      | %
                    L7  | llm |                | page              | 2.5     | MiB
                    L12 | llm |                | kv_transfer       | 246     | MB/request
                    E12 | llm |                | pool_tokens       | 305176  | token/GPU
                    E12 | llm |                | sequences         | 160     | sequence/GPU
                    E12 | llm | scratch=0,memory=79.6870912GB | pool_tokens | 327680 | token/GPU
                    E12 | llm | scratch=0,memory=79.6870912GB | sequences | 172 | sequence/GPU
                    E13 | llm | sequences=164  | step_bytes        | 77      | GB/GPU
                    E13 | llm | sequences=164  | decode_rate       | 7.13e3  | token/s/GPU
                    E13 | llm | sequences=164  | planned_rate      | 4.99e3  | token/s/GPU
                    E13 | llm | sequences=164  | decode_gpus       | 14      | GPU
                    E13 | llm |                | decode_gpus       | 14      | GPU
                    E14 | llm |                | prefill_flop      | 39      | TFLOP/request
                    E14 | llm |                | prefill_time      | 79      | ms
                    E14 | llm |                | prefill_load      | 13.1    | GPU
                    E14 | llm |                | prefill_load_shared | 9.6   | GPU
                    E14 | llm |                | fleet_overlapped  | 17      | GPU
                    E14 | llm |                | fleet_serial      | 23      | GPU
                    E14 | llm |                | fleet             | 33      | GPU
                    E15 | llm |                | mean_rate         | 2.00e5  | request/h
                    E15 | llm |                | token_rate        | 3.80e8  | token/h
                    E15 | llm | sustained=5    | cost              | 0.039   | $/1M tokens
                    E15 | llm |                | sustained_serial  | 8       | GPU
                    E15 | llm |                | sustained         | 11      | GPU
                    E15 | llm |                | cost_serial       | 0.063   | $/1M tokens
                    E15 | llm |                | cost              | 0.087   | $/1M tokens
                    E16 | llm |                | page              | 2.5     | MiB
                    E17 | llm | weight_element=0.5 | weights       | 6.5     | GB
                    E17 | llm | weight_element=1 | weights         | 13.0    | GB
                    E17 | llm |                | prefix_saving     | 26.7    | %
                    E17 | llm | sequences=164  | batching_gain     | 2.4     | ×
                    E17 | llm |                | kv_transfer_rate  | 41      | GB/s
                    E19 | llm |                | idle_kv           | 15.6    | TB
                    E19 | llm |                | hbm               | 0.7     | TB
                    E19 | llm |                | kept              | 4.5     | %
                    E19 | llm |                | between_turns     | 15      | min

                    F1  | feed |               | mean_rate         | 926     | request/s
                    F1  | feed |               | peak_rate         | 2778    | request/s
                    F2  | feed |               | latency           | 80      | ms
                    F2  | feed |               | headroom          | 20      | ms
                    F2  | feed |               | server            | 57      | ms
                    F9  | feed |               | cold_users        | 2e6     | user
                    F13 | feed |               | affordable        | 32.6    | GPU
                    F13 | feed | deployed=51   | money             | 1.56e6  | $/year
                    E1  | feed | peak_rate=2800/s | in_flight      | 50.4    | request
                    E1  | feed | peak_rate=2800/s | gpus_unbatched | 51      | GPU
                    E1  | feed |               | gpu_rate          | 556     | request/s/GPU
                    E1  | feed | peak_rate=2800/s | load           | 5.04    | GPU
                    E1  | feed | peak_rate=2800/s | gpus           | 6       | GPU
                    E1  | feed | peak_rate=2800/s,utilization=100% | gpus | 6 | GPU
                    E1  | feed |               | deployed          | 7       | GPU
                    E1  | feed | peak_rate=2800/s,mfu=19.87% | arithmetic_load | 0.023 | GPU
                    E3  | feed |               | arithmetic_time   | 32      | us
                    E3  | feed |               | memory_time       | 5.1     | us
                    E6  | feed |               | item_flop         | 1e7     | FLOP/item
                    E11 | feed |               | candidate_memory  | 160     | GB
                    E11 | feed |               | candidate_writes  | 44      | MB/s
                    E11 | feed |               | feature_reads     | 2.8e6   | value/s
                    E50 | feed | loads=4/day   | mean_rate         | 463     | request/s
                    E50 | feed | loads=4/day,peak_factor=5 | peak_rate | 2315 | request/s

                    G1  | rag |                | docs              | 5.0e6   | doc
                    G1  | rag |                | tokens            | 9.0e9   | token
                    G1  | rag |                | chunks            | 17.6e6  | chunk
                    G1  | rag |                | vectors           | 27      | GB
                    G2  | rag |                | seen              | 1.75e6  | doc
                    G3  | rag |                | acl_rate          | 0.56    | change/s
                    E23 | rag |                | peak_each         | 1.44    | request/user/h
                    E23 | rag |                | mean_rate         | 333     | request/min
                    E23 | rag |                | peak_factor       | 3.6     | ×

                    E26 | features |           | hit_rate_floor    | 49.5    | %
                    E26 | features |           | new_hit_rate      | 25      | %
                    E28 | features |           | misses            | 1.12    | read/request
                    E28 | features |           | misses_after      | 10.14   | read/request
                    E28 | features |           | origin_growth     | 9.05    | ×
                    E28 | features |           | fan_out           | 1.185   | ×
                    E29 | features |           | new_bytes         | 2.4     | GB
                    E29 | features |           | users_that_fit    | 3.75e6  | user
                    E29 | features |           | new_bytes_all     | 24      | GB
                    E30 | features |           | origin            | 3.1e3   | read/s
                    E30 | features |           | origin_after      | 28.4e3  | read/s
                    E30 | features |           | warm_rate         | 20e3    | read/s
                    E30 | features |           | warm_before       | 10      | min
                    E30 | features |           | warm_after        | 2.1     | h

                    D5  | training |           | time              | 4.27    | d
                    D5  | training |           | gpu_time          | 26.2e3  | GPU-h
                    D5  | training |           | flop              | 4.2e22  | FLOP
                    E43 | training | peak=500TFLOP/s | time        | 8.44    | d
                    E34 | training |           | steps             | 250e3   | step
                    E35 | training | gpus=64,mfu=40%,interval=380  | step_time | 6.6 | s
                    E35 | training | gpus=64,mfu=40%,interval=380  | lost_time | 42  | min
                    E35 | training | gpus=64,mfu=40%,interval=1380 | lost_time | 2.5 | h
                    E35 | training | gpus=64,mfu=40%,interval=1380 | lost_gpu_time | 163 | GPU-h
                    E46 | training |           | step_time         | 1.5     | s

                    D3  | embeddings |         | table             | 128     | GB
                    D3  | embeddings |         | shards            | 3       | shard
                    D3  | embeddings |         | table_int8        | 64      | GB
                    D3  | embeddings |         | shards_int8       | 2       | shard
                    D3  | embeddings |         | table_stored      | 140     | GB
                    D3  | embeddings |         | shards_stored     | 3       | shard
                    D6  | embeddings | rows=100M,dimensions=768,element=4B,subvectors=96 | table | 307.2 | GB
                    D6  | embeddings | rows=100M,dimensions=768,element=4B,subvectors=96 | codes | 9.6 | GB
                    D6  | embeddings | rows=100M,dimensions=768,element=4B,subvectors=96 | ratio | 32.0 | ×
                    D6  | embeddings | rows=100M,dimensions=768,element=4B,subvectors=96 | codebook | 786432 | B

                    D6  | ann |                | exact             | 307.2   | GB
                    D6  | ann |                | codes             | 9.6     | GB
                    D6  | ann |                | codes             | 8.94    | GiB
                    D6  | ann |                | ratio             | 32.0    | ×
                    D6  | ann |                | codebook          | 786432  | B
                    E44 | ann |                | hnsw              | 33e1    | GB
                    E44 | ann |                | hnsw_half         | 18e1    | GB
                    E44 | ann |                | hnsw_int8         | 10e1    | GB
                    E44 | ann |                | codes_ids         | 10.4    | GB

                    D4  | kafka |              | partitions        | 50      | partition
                    E42 | kafka | event=1KiB,partition=50MiB/s | partitions | 49 | partition
                    E42 | kafka | event=1KiB   | partitions        | 52      | partition

                    D8  | allreduce |          | time              | 0.558   | s
                    D8  | allreduce | step_time=10ms | ratio       | 56      | ×
                    D8  | allreduce |          | ratio             | 0.38    | ×
                    E46 | allreduce |          | step_time         | 1.5     | s
                    E46 | allreduce |          | hierarchical      | 0.07    | s

                    D7  | cost |               | daily             | 76800   | $/day
                    D7  | cost |               | monthly           | 2304000 | $
                    D7  | cost |               | tokens            | 1.2e9   | token/day
                    D7  | cost |               | unit_cost         | 64.0    | $/1M tokens
                    D7  | cost |               | unit_cost_reserved | 38.4   | $/1M tokens
                    E45 | cost |               | gpu_rate          | 17.4    | token/s/GPU
                    E45 | cost |               | idle              | 14e1    | ×
                    """)
    void id(String id, String plan, String overrides, String step, String figure, String unit) {
        Map<String, String> given = new HashMap<>();
        for (String pair : overrides == null ? new String[0] : overrides.split(",")) {
            given.put(pair.split("=")[0], pair.split("=")[1]);
        }

        Sizing sizing = Plans.named(plan).read(given);

        assertThat(sizing).isInstanceOf(Derivation.class);
        double value = ((Derivation) sizing).value(step).in(Unit.of(unit));
        var expected = new BigDecimal(figure);
        assertThat(new BigDecimal(value).setScale(expected.scale(), RoundingMode.HALF_UP))
                .as("%s = %s", step, value)
                .isEqualByComparingTo(expected);
    }
}
