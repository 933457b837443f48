package dev.touchstone.arena;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.testkit.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("A recorded run")
class ReplayTest {
    private static final IncidentCatalog CATALOG = ToyCatalog.catalog();
    private static final Incident TOY = ToyCatalog.toy(CATALOG);

    @ParameterizedTest(name = "seed {0}")
    @Seeds(1_000)
    void replays_to_the_same_hash_and_any_other_run_to_another(long seed) {
        var random = new SplittableRandom(seed);
        IncidentRun run = CATALOG.start(TOY, seed % 8);
        while (run.observe().phase() == Observation.Phase.OPEN) {
            run.act(randomAction(random));
        }
        RunRecord record = run.record();

        IncidentRun again = CATALOG.replay(record);
        assertThat(again.report().hash()).isEqualTo(run.report().hash());
        assertThat(again.report()).isEqualTo(run.report());
        assertThat(again.record()).isEqualTo(record);

        RunRecord other = changed(record, random);
        assertThat(ended(CATALOG.replay(other)).report().hash())
                .as("%s against %s", other, record)
                .isNotEqualTo(run.report().hash());
        var elsewhere = new RunRecord("TOY", record.seed() + 8, List.of());
        assertThat(ended(CATALOG.replay(elsewhere)).report().hash())
                .isNotEqualTo(run.report().hash());
    }

    @Test
    void replays_the_same_however_its_waiting_was_cut() {
        IncidentRun inOne = CATALOG.start(TOY, 3);
        inOne.act(new Action.Wait(Duration.ofSeconds(100)));
        inOne.act(new Action.Note("now"));
        IncidentRun inMany = CATALOG.start(TOY, 3);
        for (int i = 0; i < 100; i++) {
            inMany.observe();
            inMany.act(new Action.Wait(Duration.ofSeconds(1)));
        }
        inMany.act(new Action.Note("now"));

        assertThat(inMany.record()).isEqualTo(inOne.record());
        assertThat(ended(inMany).report()).isEqualTo(ended(inOne).report());
    }

    /// Mostly possible actions, some that will be refused.
    private static Action randomAction(SplittableRandom random) {
        List<Incident.Lever> levers = TOY.levers();
        Incident.Lever lever = levers.get(random.nextInt(levers.size()));
        return switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> new Action.Wait(Duration.ofMillis(random.nextInt(-1_000, 400_000)));
            case 4, 5 -> new Action.Probe(TOY.probes().get(random.nextInt(3)).id());
            case 6, 7, 8 ->
                    new Action.Pull(
                            lever.id(),
                            lever.options().get(random.nextInt(lever.options().size())).id());
            case 9 -> new Action.Announce("status " + random.nextInt(5));
            case 10 -> new Action.Cite(random.nextBoolean() ? "hogs" : "look");
            default ->
                    random.nextInt(4) == 0
                            ? new Action.Declare(
                                    "seats",
                                    List.of("hogging"),
                                    Duration.ofSeconds(random.nextInt(-900, 0)),
                                    List.of())
                            : new Action.Note("note " + random.nextInt(5));
        };
    }

    /// The record with a note slipped in, or with one text, wait or onset changed.
    private static RunRecord changed(RunRecord record, SplittableRandom random) {
        List<Action> actions = new ArrayList<>(record.actions());
        int place = random.nextInt(actions.size());
        Action action = actions.get(place);
        actions.subList(place, actions.size()).clear();
        switch (action) {
            case Action.Wait(Duration duration) when duration.toSeconds() > 10 -> {
                actions.add(new Action.Wait(duration.minusSeconds(10)));
                actions.add(new Action.Note("sooner"));
            }
            case Action.Announce(String status) -> actions.add(new Action.Announce(status + "!"));
            case Action.Note(String text) -> actions.add(new Action.Note(text + "!"));
            case Action.Declare declare ->
                    actions.add(
                            new Action.Declare(
                                    declare.component(),
                                    declare.mechanisms(),
                                    declare.onset().minusSeconds(1),
                                    declare.gates()));
            case Action _ -> actions.add(new Action.Note("something else"));
        }
        return new RunRecord(record.incident(), record.seed(), actions);
    }

    private static IncidentRun ended(IncidentRun run) {
        if (run.observe().phase() == Observation.Phase.OPEN) {
            run.act(new Action.Wait(Duration.ofDays(1)));
        }
        return run;
    }
}
