package dev.touchstone.app.internal.runs;

import dev.touchstone.arena.Incident;
import dev.touchstone.arena.IncidentCatalog;
import dev.touchstone.arena.IncidentRun;
import java.util.List;
import java.util.Optional;

/// What can be played. In the product it is the arena's catalogue; tests bring their own.
public interface Incidents {
    /// All of them, in the order in which they are offered.
    List<Incident> all();

    /// Starts a run; equal seeds start equal runs.
    IncidentRun start(Incident incident, long seed);

    /// The one with this id, in capitals or not.
    default Optional<Incident> find(String id) {
        return all().stream().filter(incident -> incident.id().equalsIgnoreCase(id)).findFirst();
    }

    /// The incidents of a catalogue.
    static Incidents of(IncidentCatalog catalog) {
        return new Incidents() {
            @Override
            public List<Incident> all() {
                return catalog.incidents();
            }

            @Override
            public IncidentRun start(Incident incident, long seed) {
                return catalog.start(incident, seed);
            }
        };
    }
}
