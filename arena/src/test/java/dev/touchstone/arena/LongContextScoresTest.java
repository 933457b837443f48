package dev.touchstone.arena;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.arena.internal.content.IncidentPlan;
import dev.touchstone.arena.internal.content.IncidentReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("WR4's grades")
class LongContextScoresTest {
    private final IncidentCatalog catalog = IncidentCatalog.builtIn();
    private final Incident incident = catalog.find("WR4").orElseThrow();

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {0, 1, 2})
    void give_an_expert_95_or_more(long seed) throws IOException {
        assertThat(score(seed, plan().variant(seed).expert())).isGreaterThanOrEqualTo(95);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {0, 1, 2})
    void give_nobody_acting_15_or_less(long seed) {
        assertThat(score(seed, List.of())).isLessThanOrEqualTo(15);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {0, 1, 2})
    void give_what_treats_no_cause_10_or_less(long seed) {
        assertThat(score(seed, List.of(new Action.Pull("gpus", "plus-1"))))
                .as("only GPUs")
                .isLessThanOrEqualTo(10);
        assertThat(score(seed, List.of(new Action.Pull("max-output", "half"))))
                .as("shorter answers")
                .isLessThanOrEqualTo(10);
        List<Action> restarts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            restarts.add(new Action.Pull("restart", "now"));
            restarts.add(new Action.Wait(Duration.ofMinutes(5)));
        }
        assertThat(score(seed, restarts)).as("restart loop").isLessThanOrEqualTo(10);
    }

    @Test
    void give_random_scripts_25_or_less_on_average() {
        int scripts = 24;
        int sum = 0;
        for (int i = 0; i < scripts; i++) {
            sum += score(i % 3, RandomScript.of(incident, new SplittableRandom(i)));
        }
        assertThat(sum / (double) scripts).isLessThanOrEqualTo(25);
    }

    private int score(long seed, List<Action> actions) {
        IncidentRun run = catalog.start(incident, seed);
        for (Action action : actions) {
            run.act(action);
        }
        run.act(new Action.Wait(incident.clock()));
        return run.report().score();
    }

    private static IncidentPlan plan() throws IOException {
        try (InputStream file =
                Objects.requireNonNull(
                        IncidentCatalog.class.getResourceAsStream("incidents/wr4.yaml"))) {
            String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            return IncidentReader.read("wr4.yaml", text, Set.of("long-context-chat"));
        }
    }
}
