package dev.touchstone.arena.internal;

import dev.touchstone.arena.Outcome;
import dev.touchstone.simulation.EventLoop;
import dev.touchstone.simulation.RandomStreams;
import dev.touchstone.simulation.VirtualClock;
import dev.touchstone.telemetry.Counter;
import dev.touchstone.telemetry.Distribution;
import dev.touchstone.telemetry.Gauge;
import dev.touchstone.telemetry.Telemetry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// A kitchen with twenty places. About ten guests come and go; from the onset on, hogs sit down and
/// stay, five at a time up to fifteen, and whoever finds no place waits.
///
/// A cap keeps hogs at three, a lane at one; a table more adds two places. Guests who wait 100 ms
/// and more are hurt.
public final class ToyDeployment implements Deployment {
    private static final Duration TICK = Duration.ofSeconds(10);
    private static final int PLACES = 20;
    private static final int MOST_HOGS = 15;

    private final Scene scene;
    private final EventLoop loop = new EventLoop(new VirtualClock(Instant.EPOCH));
    private final RandomGenerator random;
    private final Telemetry telemetry = new Telemetry(TICK, 2_000);
    private final Gauge guests;
    private final Gauge hogs;
    private final Gauge heat;
    private final Distribution wait;
    private final Counter errors;
    private final int tickKind;
    private final Map<String, String> settings = new HashMap<>();
    private double hogCount;
    private double guestCount;
    private double waitMillis;
    private double harm;

    ToyDeployment(Scene scene) {
        this.scene = scene;
        this.random = new RandomStreams(scene.seed()).stream("guests");
        this.tickKind = scene.log().kind("tick");
        this.guests = telemetry.gauge("toy:guests", "guests", "Guests seated.");
        this.hogs = telemetry.gauge("toy:hogs", "guests", "Hogs seated.");
        this.heat = telemetry.gauge("toy:heat", "degrees", "Temperature.");
        this.wait = telemetry.distribution("toy:wait_seconds", "s", "Time waited.", 1_000_000_000);
        this.errors = telemetry.counter("toy:errors_total", "guests", "Guests turned away.");
        loop.at(0, this::tick);
    }

    private void tick(long nowNanos) {
        boolean begun =
                nowNanos
                        >= scene.pageNanos()
                                - nanos(scene.parameters().getOrDefault("onset-seconds", 600.0));
        if (scene.faulty() && begun) {
            hogCount = Math.min(hogLimit(), hogCount + 5);
        }
        guestCount = 9 + random.nextInt(3);
        double over = Math.max(0, guestCount + hogCount - places());
        waitMillis = 40 + random.nextInt(10) + 30 * over;
        guests.set(nowNanos, guestCount);
        hogs.set(nowNanos, hogCount);
        heat.set(nowNanos, 60 + random.nextInt(5));
        wait.record(nowNanos, (long) (waitMillis * 1e6), 10);
        if (over > 4) {
            errors.add(nowNanos, 1);
        }
        if (nowNanos > scene.pageNanos() && waitMillis >= 100) {
            harm += guestCount;
        }
        scene.log().add(nowNanos, tickKind, (long) waitMillis, (long) hogCount);
        loop.at(nowNanos + TICK.toNanos(), this::tick);
    }

    private static long nanos(double seconds) {
        return (long) (seconds * 1e9);
    }

    private double places() {
        return PLACES + (is("scale", "plus-1") ? 2 : 0);
    }

    private double hogLimit() {
        if (is("lane", "one")) {
            return 1;
        }
        return is("cap", "on") ? 3 : MOST_HOGS;
    }

    private boolean is(String lever, String option) {
        return option.equals(settings.get(lever));
    }

    @Override
    public void advanceTo(long nanos) {
        loop.runUntil(nanos);
        telemetry.advance(nanos);
    }

    @Override
    public Telemetry telemetry() {
        return telemetry;
    }

    @Override
    public Optional<String> objection(String lever, String option) {
        return lever.equals("lane") && is("scale", "plus-1")
                ? Optional.of("the new table stands in the lane; take it away first")
                : Optional.empty();
    }

    @Override
    public String pull(String lever, String option) {
        settings.put(lever, option);
        if (lever.equals("restart")) {
            hogCount = 0;
            harm += guestCount;
        }
        hogCount = Math.min(hogCount, hogLimit());
        return "%s is now %s.".formatted(lever, option);
    }

    @Override
    public Outcome.Finding probe(String probe) {
        return new Outcome.Finding(
                probe,
                "Look at " + probe,
                "%.0f guests and %.0f hogs.".formatted(guestCount, hogCount),
                List.of(List.of("guests", "hogs")));
    }

    @Override
    public double harm() {
        return harm;
    }

    @Override
    public Map<String, Double> figures() {
        return Map.of("guests", guestCount, "hogs", hogCount, "waitMs", waitMillis);
    }
}
