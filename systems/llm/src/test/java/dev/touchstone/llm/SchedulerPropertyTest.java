package dev.touchstone.llm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.testkit.Seeds;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("A scheduler under random traffic, policies, cancellations and crashes")
class SchedulerPropertyTest {
    @ParameterizedTest(name = "seed {0}")
    @Seeds(500)
    void keeps_its_promises(long seed) {
        new Storm(seed).run();
    }

    @Test
    void meets_everything_it_is_meant_to_meet() {
        long transferred = 0;
        StringBuilder traces = new StringBuilder();
        for (long seed = 0; seed < 20; seed++) {
            var storm = new Storm(seed);
            storm.run();
            transferred += storm.transferred();
            traces.append(storm.trace());
        }

        assertThat(transferred).isPositive();
        assertThat(traces)
                .contains("finished", "cancelled", "expired", "gave up", "lost", "refused")
                .contains("preempted", "failed");
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(100)
    void decides_the_same_twice(long seed) {
        var first = new Storm(seed);
        first.run();
        var second = new Storm(seed);
        second.run();

        assertThat(second.trace()).isEqualTo(first.trace()).isNotBlank();
    }
}
