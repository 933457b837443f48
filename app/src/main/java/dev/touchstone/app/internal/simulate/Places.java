package dev.touchstone.app.internal.simulate;

import dev.touchstone.app.internal.simulate.SimulationPage.Row;
import dev.touchstone.llm.fleet.simulation.Regions;
import dev.touchstone.llm.fleet.simulation.Regions.Place;
import dev.touchstone.llm.fleet.simulation.Regions.Routing;
import dev.touchstone.llm.fleet.simulation.Regions.Sizing;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Places in which users live, as people write them down, and what it takes to serve them.
public final class Places {
    /// Round trip within a place unless somebody says otherwise.
    public static final double HOME_MILLIS = 20;

    /// Round trip between two, likewise.
    public static final double ABROAD_MILLIS = 120;

    private static final String CURE =
            "write name:share:hours later, such as america:0.5:0,europe:0.5:-6; shares add up to 1";

    private Places() {}

    /// Reads `america:0.5:0,europe:0.5:-6`: each place with its share of the users, and how many
    /// hours later its day begins.
    ///
    /// @param homeMillis round trip within a place
    /// @param abroadMillis round trip between any two
    /// @throws IllegalArgumentException with what to write instead
    public static List<Place> parse(String text, double homeMillis, double abroadMillis) {
        String[] parts = text.split(",", -1);
        var places = new ArrayList<Place>();
        double shares = 0;
        for (int i = 0; i < parts.length; i++) {
            String[] facts = parts[i].strip().split(":", -1);
            if (facts.length != 3 || facts[0].isBlank()) {
                throw misread(parts[i]);
            }
            var trips = new ArrayList<>(Collections.nCopies(parts.length, abroadMillis));
            trips.set(i, homeMillis);
            double share = number(facts[1]).orElseThrow(() -> misread(facts[1]));
            double hours = number(facts[2]).orElseThrow(() -> misread(facts[2]));
            if (!(share > 0)) {
                throw misread(parts[i]);
            }
            shares += share;
            places.add(new Place(facts[0].strip(), share, hours, trips));
        }
        if (!(Math.abs(shares - 1) < 1e-6)) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "the shares in '%s' add up to %.3f; %s",
                            text,
                            shares,
                            CURE));
        }
        return places;
    }

    /// Reads `20,120`: milliseconds within a place and between two.
    ///
    /// @throws IllegalArgumentException with what to write instead
    public static double[] trips(String text) {
        String[] parts = text.split(",", -1);
        Optional<Double> home = number(parts[0]);
        Optional<Double> abroad = number(parts[parts.length - 1]);
        if (parts.length != 2
                || home.isEmpty()
                || abroad.isEmpty()
                || !(home.get() >= 0 && home.get() <= abroad.get())) {
            throw new IllegalArgumentException(
                    "--region-trips takes two times in ms, the shorter first, such as 20,120; got '%s'"
                            .formatted(text));
        }
        return new double[] {home.get(), abroad.get()};
    }

    private static IllegalArgumentException misread(String text) {
        return new IllegalArgumentException("cannot read '%s'; %s".formatted(text, CURE));
    }

    private static Optional<Double> number(String text) {
        try {
            return Optional.of(Double.parseDouble(text.strip())).filter(Double::isFinite);
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    /// A row for each way to serve a study's users: replicas by place, in all, mean round trip,
    /// share served abroad, dollars a day. None where it is not known where they live.
    public static List<Row> rows(FleetStudy study) {
        return study.regions()
                .map(regions ->
                        regions.compare().stream().map(each -> row(study, regions, each)).toList())
                .orElse(List.of());
    }

    private static Row row(FleetStudy study, Regions regions, Sizing sizing) {
        var counts = new ArrayList<String>();
        for (int i = 0; i < sizing.replicas().size(); i++) {
            counts.add(regions.places().get(i).name() + " " + sizing.replicas().get(i));
        }
        return new Row(
                name(sizing.routing()),
                "",
                List.of(
                        String.join(", ", counts),
                        Figures.count(sizing.total()),
                        Figures.seconds(sizing.meanRoundTrip().toNanos() / 1e9),
                        Figures.percent(sizing.abroadShare()),
                        Figures.rate(sizing.dollarsPerDay(study.dollarsPerHour()))));
    }

    private static String name(Routing routing) {
        return switch (routing) {
            case ONE_PLACE -> "all in one place";
            case HOME -> "each at home";
            case OVERFLOW -> "at home, then abroad";
        };
    }

    /// The same for programs.
    static List<Map<String, @Nullable Object>> document(FleetStudy study, Regions regions) {
        return regions.compare().stream()
                .<Map<String, @Nullable Object>>map(sizing ->
                        FleetJson.ordered(
                                "routing", sizing.routing().name().toLowerCase(Locale.ROOT),
                                "replicas", sizing.replicas(),
                                "total", sizing.total(),
                                "meanRoundTripSeconds",
                                        FleetJson.number(sizing.meanRoundTrip().toNanos() / 1e9),
                                "abroadShare", FleetJson.number(sizing.abroadShare()),
                                "dollarsPerDay",
                                        FleetJson.number(
                                                sizing.dollarsPerDay(study.dollarsPerHour()))))
                .toList();
    }
}
