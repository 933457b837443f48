package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.practice.Sitting;
import dev.touchstone.app.internal.simulate.DesignOrder;
import dev.touchstone.app.internal.simulate.DesignRun;
import dev.touchstone.app.internal.simulate.DesignWords;
import dev.touchstone.arena.design.FleetDesign;
import dev.touchstone.arena.design.TrialResult;
import dev.touchstone.arena.practice.ChallengeAttempt;
import dev.touchstone.arena.practice.TriedDesign;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Designs that were run within an attempt, the one that is being run, and the form to run another.
///
/// @param given the form as somebody filled it in; empty to begin with the last design
/// @param latest that was started, as long as the server remembers it
public record DesignsView(
        Sitting sitting,
        ChallengeAttempt attempt,
        List<OrderField> given,
        Optional<DesignRun> latest) {
    /// A design that was run.
    ///
    /// @param number from 1, in the order in which they were run
    public record Tried(
            int number, String design, String dollarsPerHour, boolean counts, List<Load> loads) {}

    /// What it came to under one load.
    ///
    /// @param breaks what broke, the first first
    public record Load(
            String title,
            boolean kept,
            String ttft,
            String tpot,
            String lost,
            String cost,
            List<String> breaks) {}

    /// Whether the challenge has a fleet to run.
    public boolean shown() {
        return attempt.brief().id().equals(FleetDesign.CHALLENGE);
    }

    /// Whether another can be run now.
    public boolean open() {
        return attempt.noDesign(sitting.now()).isEmpty();
    }

    /// The one that is being run.
    public Optional<DesignRun> running() {
        return latest.filter(run -> !run.state().over());
    }

    /// What became of the last one where nothing of it was kept; else empty.
    public String lost() {
        return latest.map(DesignRun::state)
                .filter(state -> state.over())
                .map(state -> {
                    if (!state.failure().isEmpty()) {
                        return state.failure();
                    }
                    return state.result().orElseThrow().stoppedEarly()
                            ? "Stopped; nothing of it is kept."
                            : "";
                })
                .orElse("");
    }

    /// The form.
    public List<OrderField> fields() {
        if (!given.isEmpty()) {
            return given;
        }
        List<TriedDesign> tried = attempt.designs();
        return DesignPage.fields(
                latest.map(DesignRun::order)
                        .orElseGet(() ->
                                tried.isEmpty()
                                        ? DesignOrder.SLIDE
                                        : DesignOrder.of(tried.getLast().design())));
    }

    /// What was run, the last first.
    public List<Tried> tried() {
        List<TriedDesign> all = attempt.designs();
        var tried = new ArrayList<Tried>();
        for (int i = all.size() - 1; i >= 0; i--) {
            TriedDesign each = all.get(i);
            tried.add(
                    new Tried(
                            i + 1,
                            DesignWords.design(each.design()),
                            dollars("$%,.0f", each.design().dollarsPerHour()),
                            each.counts(),
                            each.results().stream().map(DesignsView::load).toList()));
        }
        return tried;
    }

    private static Load load(TrialResult result) {
        return new Load(
                result.times() == 1 ? "the load" : result.times() + " × the load",
                result.kept(),
                DesignWords.seconds(result.ttftP95Seconds()),
                DesignWords.seconds(result.tpotP95Seconds()),
                DesignWords.percent(result.lostShare()),
                dollars("$%.3f", result.dollarsPerMillionTokens()),
                result.breaches().stream().map(DesignWords::breach).toList());
    }

    private static String dollars(String format, double amount) {
        return String.format(Locale.ROOT, format, amount);
    }
}
