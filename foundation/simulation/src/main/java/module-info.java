import org.jspecify.annotations.NullMarked;

/// Virtual time, seeded chance and the event log: what every simulated run stands on.
@NullMarked
module dev.touchstone.simulation {
    requires static org.jspecify;

    exports dev.touchstone.simulation;
}
