package dev.touchstone.app.internal.cli;

import dev.touchstone.app.internal.simulate.FleetOrder;
import dev.touchstone.app.internal.simulate.Places;
import dev.touchstone.llm.fleet.simulation.Conversation;
import dev.touchstone.llm.fleet.simulation.Regions.Place;
import dev.touchstone.llm.fleet.simulation.SessionLoad;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The options that say who asks: how many users, how often, what, and from where.
final class UserOptions {
    private static final int MAX_TOKENS = 1_000_000;
    private static final double SECONDS_PER_HOUR = 3_600;

    @Option(
            names = "--sessions",
            paramLabel = "N",
            description = {
                "Simulates users who wait for their answers and think, instead of a trace (50000)."
            })
    private Optional<Integer> sessions = Optional.empty();

    @Option(
            names = "--requests-per-hour",
            paramLabel = "N",
            defaultValue = "4",
            description = "Of one user, on average over a day (${DEFAULT-VALUE}).")
    private double requestsPerHour;

    @Option(
            names = "--peak",
            paramLabel = "X",
            defaultValue = "3",
            description = "How much more users ask in the busiest hour (${DEFAULT-VALUE}).")
    private double peak;

    @Option(
            names = "--hours",
            paramLabel = "N",
            defaultValue = "1",
            description = "Simulated time around the day's busiest moment (${DEFAULT-VALUE}).")
    private double hours;

    @Option(
            names = "--prompt-tokens",
            paramLabel = "N",
            description = "Mean length of a prompt, history included (1500).")
    private Optional<Integer> promptTokens = Optional.empty();

    @Option(
            names = "--answer-tokens",
            paramLabel = "N",
            description = "Mean length of an answer (400).")
    private Optional<Integer> answerTokens = Optional.empty();

    @Option(
            names = "--conversation",
            paramLabel = "KIND",
            description = {
                "course: short questions and answers; mooncake: about long documents, some of them",
                "read by many (course)."
            })
    private Optional<String> conversation = Optional.empty();

    @Option(
            names = "--regions",
            paramLabel = "PLACES",
            description = {
                "Where users live: name:share:hours later, such as america:0.5:0,europe:0.5:-6; says",
                "what one place and several would take."
            })
    private Optional<String> regions = Optional.empty();

    @Option(
            names = "--region-trips",
            paramLabel = "HOME,ABROAD",
            description = "Round trips within a place and between two, in ms (20,120).")
    private Optional<String> trips = Optional.empty();

    /// Whether any option is about simulated users.
    boolean asked() {
        return sessions.isPresent() || conversation.isPresent() || regions.isPresent();
    }

    /// The simulated users.
    ///
    /// @throws IllegalArgumentException when a number is out of range
    SessionLoad load() {
        if (!(hours > 0 && hours <= 24 * 31)) {
            throw new IllegalArgumentException(
                    "--hours must be above 0 and at most 744, got " + hours);
        }
        FleetOptions.requireWithin("--sessions", sessions.orElse(1), 1, SessionLoad.MAX_SESSIONS);
        if (!(requestsPerHour > 0 && requestsPerHour <= 3_600)) {
            throw new IllegalArgumentException(
                    "--requests-per-hour must be above 0 and at most 3600, got " + requestsPerHour);
        }
        return new SessionLoad(
                sessions.orElse(SessionLoad.COURSE.sessions()),
                requestsPerHour,
                peak,
                Duration.ofMillis(Math.round(hours * SECONDS_PER_HOUR * 1e3)),
                conversation(),
                SessionLoad.COURSE.lowPriorityShare());
    }

    private Conversation conversation() {
        Conversation usual =
                conversation
                        .map(word -> FleetOrder.CONVERSATIONS.find("--conversation", word))
                        .orElse(Conversation.COURSE);
        if (promptTokens.isEmpty() && answerTokens.isEmpty()) {
            return usual;
        }
        promptTokens.ifPresent(
                mean -> FleetOptions.requireWithin("--prompt-tokens", mean, 1, MAX_TOKENS));
        answerTokens.ifPresent(
                mean -> FleetOptions.requireWithin("--answer-tokens", mean, 1, MAX_TOKENS));
        return usual.withMeans(
                promptTokens.map(Integer::doubleValue).orElseGet(usual::meanPromptTokens),
                answerTokens.map(Integer::doubleValue).orElseGet(usual::answerTokens));
    }

    /// Where users live; none when nobody says.
    ///
    /// @throws IllegalArgumentException when it is not understood
    List<Place> places() {
        if (regions.isEmpty()) {
            if (trips.isPresent()) {
                throw new IllegalArgumentException("--region-trips goes with --regions");
            }
            return List.of();
        }
        double[] millis = {Places.HOME_MILLIS, Places.ABROAD_MILLIS};
        if (trips.isPresent()) {
            millis = Places.trips(trips.get());
        }
        try {
            return Places.parse(regions.get(), millis[0], millis[1]);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--regions: " + e.getMessage(), e);
        }
    }
}
