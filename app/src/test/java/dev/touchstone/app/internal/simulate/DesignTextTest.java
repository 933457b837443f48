package dev.touchstone.app.internal.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.app.internal.json.Json;
import dev.touchstone.arena.design.DesignTrial;
import dev.touchstone.arena.design.FleetDesign;
import dev.touchstone.llm.fleet.simulation.FleetProgress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

@DisplayName("A tried design, told,")
class DesignTextTest {
    private static final DesignTrial SLIDE =
            DesignTrial.run(FleetDesign.SLIDE, 1, FleetProgress.NONE);
    private static final DesignStudy STUDY =
            new DesignStudy(FleetDesign.SLIDE, List.of(SLIDE), OptionalInt.of(19), false);

    @Test
    void names_what_breaks_first_with_its_figures_and_what_holds() {
        assertThat(DesignText.of(STUDY))
                .contains("Design     5 H100s · fp16 KV · 2,048 tokens a step · no lane for long")
                .containsPattern("the load +167 +3\\d\\.\\d s .* broken\n")
                .contains("At the load, breaks\n  first    first token: p95 above 800 ms at once, ")
                .containsPattern(
                        "then +queue: more requests wait than run from .* at a GPU at worst")
                .containsPattern(
                        "then +memory: keys and values fill more than 95.0 % from .* preemp")
                .containsPattern("then +lost: 6\\d\\.\\d % of the requests .* left after 30 s\\)")
                .contains("holds    cost, $0.0")
                .contains("derived, 1 ×      17 GPUs if prefill and decode overlap")
                .contains("simulated, 1 ×    fewest that keep the promise with these settings: 19")
                .doesNotContain("NaN", "null");
    }

    @Test
    void says_when_no_number_of_gpus_would_do_and_when_it_was_cut_short() {
        assertThat(
                        DesignText.of(
                                new DesignStudy(
                                        FleetDesign.SLIDE,
                                        List.of(SLIDE),
                                        OptionalInt.of(0),
                                        false)))
                .contains("not even 64 GPUs keep the promise with these settings");
        assertThat(
                        DesignText.of(
                                new DesignStudy(
                                        FleetDesign.SLIDE,
                                        List.of(SLIDE),
                                        OptionalInt.empty(),
                                        true)))
                .contains("stopped early: everything below")
                .contains("stopped before it was known");
    }

    @Test
    void tells_programs_the_same() {
        JsonNode document =
                Json.readLeniently(
                        DesignJson.text(STUDY).getBytes(StandardCharsets.UTF_8), JsonNode.class);

        assertThat(document.at("/smallestThatKeepsIt").intValue()).isEqualTo(19);
        JsonNode trial = document.at("/trials/0");
        assertThat(trial.at("/promiseKept").booleanValue(true)).isFalse();
        assertThat(trial.at("/derived/fleetSerial").stringValue()).isEqualTo("23 GPUs");
        assertThat(trial.at("/breaks/0/what").stringValue()).isEqualTo("ttft");
        assertThat(trial.at("/breaks/0/limit").doubleValue()).isEqualTo(0.8);
    }
}
