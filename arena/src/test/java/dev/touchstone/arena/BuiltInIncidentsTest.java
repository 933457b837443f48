package dev.touchstone.arena;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The incidents that ship")
class BuiltInIncidentsTest {
    private static final IncidentCatalog CATALOG = IncidentCatalog.builtIn();

    @Test
    void are_read_and_hold_together() {
        assertThat(CATALOG.incidents()).extracting(Incident::id).containsExactly("WR4");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {0, 1, 2})
    void start_in_every_variant_with_every_panel_filled(long seed) {
        for (Incident incident : CATALOG.incidents()) {
            IncidentRun run = CATALOG.start(incident, seed);

            assertThat(run.series(incident.history().negated()).values())
                    .allSatisfy(series -> assertThat(series.values()).isNotEmpty());
        }
    }
}
