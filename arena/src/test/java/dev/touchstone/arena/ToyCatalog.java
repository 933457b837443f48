package dev.touchstone.arena;

import dev.touchstone.arena.internal.Toy;
import dev.touchstone.arena.internal.ToyFactory;
import java.util.List;
import java.util.Map;

/// Catalogues with the toy incident, and what it takes to play it.
final class ToyCatalog {
    private ToyCatalog() {}

    static IncidentCatalog catalog() {
        return of(Toy.yaml());
    }

    static IncidentCatalog of(String yaml) {
        return IncidentCatalog.of(List.of(new ToyFactory()), Map.of("toy.yaml", yaml));
    }

    static Incident toy(IncidentCatalog catalog) {
        return catalog.find("TOY").orElseThrow();
    }
}
