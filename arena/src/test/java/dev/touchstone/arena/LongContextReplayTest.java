package dev.touchstone.arena;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.testkit.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;

/// The simulation with an engine in it. [ReplayTest] asks the same of a thousand scripts, played on
/// one that takes no time.
@DisplayName("A recorded run of WR4")
class LongContextReplayTest {
    private static final IncidentCatalog CATALOG = IncidentCatalog.builtIn();
    private static final Incident WR4 = CATALOG.find("WR4").orElseThrow();

    @ParameterizedTest(name = "seed {0}")
    @Seeds(6)
    void replays_to_the_same_hash_and_another_run_to_another(long seed) {
        IncidentRun run = CATALOG.start(WR4, seed % 3);
        RandomScript.of(WR4, new SplittableRandom(seed)).forEach(run::act);
        ended(run);

        IncidentRun again = CATALOG.replay(run.record());
        assertThat(again.report()).isEqualTo(run.report());

        List<Action> other = new ArrayList<>(run.record().actions());
        other.set(other.size() - 1, new Action.Note("something else"));
        assertThat(hash(seed % 3, other)).isNotEqualTo(run.report().hash());
    }

    private static String hash(long seed, List<Action> actions) {
        return ended(CATALOG.replay(new RunRecord("WR4", seed, actions))).report().hash();
    }

    private static IncidentRun ended(IncidentRun run) {
        if (run.observe().phase() == Observation.Phase.OPEN) {
            run.act(new Action.Wait(Duration.ofDays(1)));
        }
        return run;
    }
}
