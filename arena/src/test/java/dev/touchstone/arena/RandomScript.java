package dev.touchstone.arena;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// What somebody does who has read an incident's vocabulary and nothing else.
final class RandomScript {
    private RandomScript() {}

    /// Three to thirteen actions, some of which may be refused, and a declaration.
    static List<Action> of(Incident incident, SplittableRandom random) {
        List<Action> script = new ArrayList<>();
        int length = random.nextInt(3, 14);
        for (int i = 0; i < length; i++) {
            script.add(action(incident, random));
        }
        script.add(
                new Action.Declare(
                        any(incident.components(), random).id(),
                        List.of(any(incident.mechanisms(), random).id()),
                        Duration.ofMinutes(-random.nextInt(30)),
                        List.of(any(incident.gates(), random).id())));
        return script;
    }

    private static Action action(Incident incident, SplittableRandom random) {
        return switch (random.nextInt(6)) {
            case 0, 1 -> new Action.Probe(any(incident.probes(), random).id());
            case 2, 3 -> {
                Incident.Lever lever = any(incident.levers(), random);
                yield new Action.Pull(lever.id(), any(lever.options(), random).id());
            }
            case 4 -> new Action.Wait(Duration.ofMinutes(random.nextInt(1, 8)));
            default ->
                    new Action.Cite(any(any(incident.panels(), random).lines(), random).signal());
        };
    }

    private static <T> T any(List<T> list, SplittableRandom random) {
        return list.get(random.nextInt(list.size()));
    }
}
