package dev.touchstone.app.internal.simulate;

import dev.touchstone.capacity.Derivation;
import dev.touchstone.capacity.Plans;
import dev.touchstone.capacity.Refusal;
import dev.touchstone.llm.ElementType;
import dev.touchstone.llm.ModelSpec;
import dev.touchstone.llm.fleet.RouterConfig;
import dev.touchstone.llm.fleet.RouterConfig.Policy;
import dev.touchstone.llm.fleet.simulation.Conversation;
import dev.touchstone.llm.fleet.simulation.FleetProgress;
import dev.touchstone.llm.fleet.simulation.FleetReport;
import dev.touchstone.llm.fleet.simulation.FleetSearch;
import dev.touchstone.llm.fleet.simulation.FleetSettings;
import dev.touchstone.llm.fleet.simulation.FleetSimulation;
import dev.touchstone.llm.fleet.simulation.Load;
import dev.touchstone.llm.fleet.simulation.Regions;
import dev.touchstone.llm.fleet.simulation.Regions.Place;
import dev.touchstone.llm.fleet.simulation.SessionLoad;
import dev.touchstone.llm.fleet.simulation.Slo;
import dev.touchstone.llm.replay.ReplaySettings;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// One load on one fleet or several: a simulation, a search or a sweep, and what came of it.
///
/// @param name of the load
/// @param load what is put on each
/// @param slo what is promised; searched for where the number of replicas is open
/// @param points what was simulated, in order
/// @param stoppedEarly whether it was interrupted
/// @param places in which the users live, to compare one place with several; else none
/// @param dollarsPerHour of one replica
public record FleetStudy(
        String name,
        Load load,
        Slo slo,
        List<Point> points,
        boolean stoppedEarly,
        List<Place> places,
        double dollarsPerHour) {
    /// A search tries fleets for this long and then simulates the whole load once.
    private static final Duration TRIAL = Duration.ofMinutes(10);

    /// Requests a second for which a search first tries one replica.
    private static final double FIRST_GUESS_RATE = 8;

    /// A fleet to simulate.
    ///
    /// @param label what sets it apart in a sweep; empty for the only one
    /// @param settings of its engines; their number of replicas too, unless it is to be found
    /// @param search whether to find the smallest number of replicas
    /// @param care who looks after it
    public record Fleet(
            String label, SimulationSettings settings, Shape shape, boolean search, Care care) {
        public Fleet labelled(String other) {
            return new Fleet(other, settings, shape, search, care);
        }

        public Fleet with(SimulationSettings other) {
            return new Fleet(label, other, shape, search, care);
        }

        public Fleet with(Policy other) {
            return new Fleet(label, settings, shape.with(other), search, care);
        }

        public Policy policy() {
            return shape.policy();
        }
    }

    /// What all fleets have in common.
    public record Terms(double dollarsPerHour, long seed) {}

    /// A simulated fleet.
    ///
    /// @param replicas simulated; 0 when none was found that keeps the promise
    /// @param tried by the search, by number of replicas: whether the promise was kept
    /// @param report of the whole load on so many
    public record Point(
            Fleet fleet, int replicas, Map<Integer, Boolean> tried, FleetReport report) {}

    /// The settings of a fleet as the simulation wants them.
    ///
    /// @throws IllegalArgumentException when whoever looks after it is told what cannot be
    public static FleetSettings settings(Fleet fleet, Slo slo, Terms terms) {
        ReplaySettings replay = fleet.settings().toReplay();
        Shape shape = fleet.shape();
        return new FleetSettings(
                        replay.replicas(),
                        replay.layout(),
                        replay.scheduler(),
                        replay.executors(),
                        RouterConfig.DEFAULT.with(shape.policy()),
                        fleet.care().control(replay.replicas(), slo, terms.dollarsPerHour()),
                        terms.dollarsPerHour(),
                        terms.seed(),
                        true)
                .with(shape.topology(fleet.settings().model()))
                .withRoundTrip(shape.roundTrip());
    }

    /// Simulates one fleet, after a search if one is asked for.
    ///
    /// @param progress for a fleet of so many replicas
    public static Point simulate(
            Fleet fleet,
            Load load,
            Slo slo,
            Terms terms,
            Function<String, FleetProgress> progress) {
        FleetSettings settings = settings(fleet, slo, terms);
        Map<Integer, Boolean> tried = new LinkedHashMap<>();
        int replicas = settings.replicas();
        if (fleet.search()) {
            FleetSearch.Found found =
                    FleetSearch.smallest(
                            trial(load),
                            settings.withReplicas(firstGuess(load)),
                            slo,
                            count -> progress.apply("%d replicas".formatted(count)));
            found.tried().forEach((count, report) -> tried.put(count, slo.isMetBy(report)));
            replicas = found.replicas();
        }
        FleetReport report =
                FleetSimulation.run(
                        load,
                        settings.withReplicas(Math.max(1, replicas)),
                        progress.apply("all of it"));
        return new Point(fleet, replicas, tried, report);
    }

    /// The busiest minutes of a load, long enough to settle.
    private static Load trial(Load load) {
        return load instanceof SessionLoad users && users.duration().compareTo(TRIAL) > 0
                ? users.with(TRIAL)
                : load;
    }

    private static int firstGuess(Load load) {
        double rate = load instanceof SessionLoad users ? users.peakRequestsPerSecond() : 0;
        return Math.clamp(Math.round(rate / FIRST_GUESS_RATE), 1, 200);
    }

    /// What it takes to serve the users from one place and from several, if it is known where they
    /// live and how much one replica does within the promise. One replica is spare everywhere.
    public Optional<Regions> regions() {
        if (places.isEmpty() || points.isEmpty() || !(load instanceof SessionLoad users)) {
            return Optional.empty();
        }
        Point last = points.getLast();
        if (!slo.isMetBy(last.report()) || last.fleet().care().scaling().isPresent()) {
            return Optional.empty();
        }
        return Optional.of(
                new Regions(
                        places,
                        users.peak(),
                        users.peakRequestsPerSecond() / users.peak(),
                        users.peakRequestsPerSecond() / last.replicas(),
                        1));
    }

    /// What `touchstone plan llm` derives for this load, where it knows the model.
    public Optional<Derivation> derivation() {
        if (!(load instanceof SessionLoad)
                || points.isEmpty()
                || !points.getFirst()
                        .fleet()
                        .settings()
                        .model()
                        .name()
                        .equals(ModelSpec.CHAT_13B.name())
                || !points.getFirst().fleet().settings().accelerator().name().equals("h100")) {
            return Optional.empty();
        }
        return switch (Plans.named("llm").read(planInputs())) {
            case Derivation derivation -> Optional.of(derivation);
            case Refusal _ -> Optional.empty();
        };
    }

    /// The load in the words of `touchstone plan llm`; empty for a trace.
    public Map<String, String> planInputs() {
        if (!(load instanceof SessionLoad users)) {
            return Map.of();
        }
        Conversation talk = users.conversation();
        Map<String, String> given = new LinkedHashMap<>();
        given.put("sessions", String.valueOf(users.sessions()));
        given.put("turns", String.valueOf(users.requestsPerHour()));
        given.put("peak_factor", String.valueOf(users.peak()));
        given.put("prompt", String.valueOf(Math.round(talk.meanPromptTokens())));
        given.put("output", String.valueOf(Math.round(talk.answerTokens())));
        given.put("shared_prefix", String.valueOf(talk.systemTokens()));
        given.put("shared_requests", String.valueOf(talk.sharedShare()));
        if (!points.isEmpty()
                && points.getFirst().fleet().settings().model().kvType() == ElementType.FP8) {
            given.put("kv_element", "1");
        }
        return given;
    }
}
