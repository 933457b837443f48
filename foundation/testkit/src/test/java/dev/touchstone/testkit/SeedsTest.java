package dev.touchstone.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

@DisplayName("Five seeds, of which the third fails")
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class SeedsTest {
    @Test
    void run_one_case_each_and_name_the_failing_one() {
        Events cases = run(Optional.empty());

        assertThat(names(cases)).containsExactly("seed 0", "seed 1", "seed 2", "seed 3", "seed 4");
        assertThat(names(cases.failed())).containsExactly("seed 3");
    }

    @Test
    void can_be_replayed_one_at_a_time() {
        assertThat(names(run(Optional.of("17")))).containsExactly("seed 17");
    }

    private static Events run(Optional<String> replay) {
        Optional<String> outer = Optional.ofNullable(System.getProperty("test.seed"));
        setSeed(replay);
        try {
            return EngineTestKit.engine("junit-jupiter")
                    .selectors(selectClass(Sample.class))
                    .execute()
                    .testEvents();
        } finally {
            setSeed(outer);
        }
    }

    private static void setSeed(Optional<String> seed) {
        seed.ifPresentOrElse(
                value -> System.setProperty("test.seed", value),
                () -> System.clearProperty("test.seed"));
    }

    private static List<String> names(Events events) {
        return events.stream()
                .map(event -> event.getTestDescriptor().getDisplayName())
                .distinct()
                .toList();
    }

    /// Not run by itself: its name is not that of a test.
    static class Sample {
        @ParameterizedTest(name = "seed {0}")
        @Seeds(5)
        void fails_for_three(long seed) {
            assertThat(seed).isNotEqualTo(3);
        }
    }
}
