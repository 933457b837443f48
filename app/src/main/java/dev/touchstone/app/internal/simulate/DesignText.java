package dev.touchstone.app.internal.simulate;

import dev.touchstone.arena.design.DesignTrial;
import java.util.List;
import java.util.Locale;

/// A tried design for people who read it in a terminal of 100 columns.
public final class DesignText {
    private final StringBuilder text = new StringBuilder();

    private DesignText() {}

    /// The whole text.
    public static String of(DesignStudy study) {
        var text = new DesignText();
        text.write(study);
        return text.text.toString();
    }

    private void write(DesignStudy study) {
        line("A design for the challenge LLM, at the day's peak");
        if (study.stoppedEarly()) {
            line("stopped early: everything below covers what was done so far");
        }
        line("");
        line("%-11s%s", "Design", DesignWords.design(study.design()));
        line(
                "%-11s%s",
                "Promise",
                "TTFT p95 below %s · TPOT p95 below %s · at most $%.2f per 1M tokens"
                        .formatted(
                                Figures.seconds(DesignTrial.PROMISE.ttftP95Seconds()),
                                Figures.seconds(DesignTrial.PROMISE.tpotP95Seconds()),
                                DesignTrial.MOST_DOLLARS));
        table(study.trials());
        study.trials().forEach(this::breaks);
        line("");
        line("What the load needs");
        for (DesignTrial trial : study.trials()) {
            line("  %-18s%s", "derived, " + trial.times() + " ×", DesignWords.derived(trial));
        }
        line("  %-18s%s", "simulated, 1 ×", DesignWords.smallest(study));
    }

    private void table(List<DesignTrial> trials) {
        line("");
        line(
                "%-14s%11s%10s%10s%9s%9s%8s%9s%9s%9s",
                "",
                "requests/s",
                "TTFT p95",
                "TPOT p95",
                "KV mean",
                "waiting",
                "lost",
                "$/1M",
                "$/h",
                "promise");
        for (DesignTrial trial : trials) {
            var report = trial.report();
            line(
                    "%-14s%11s%10s%10s%9s%9s%8s%9s%9s%9s",
                    DesignWords.load(trial),
                    Figures.rate(DesignTrial.load(trial.times()).peakRequestsPerSecond()),
                    Figures.seconds(report.ttft().p95Seconds()),
                    Figures.seconds(report.tpot().p95Seconds()),
                    Figures.percent(report.load().kvMean()),
                    Figures.level(DesignWords.waiting(trial)),
                    Figures.percent(trial.lostShare()),
                    String.format(Locale.ROOT, "%.3f", report.cost().perMillionTokens()),
                    Figures.rate(trial.design().dollarsPerHour()),
                    DesignWords.promise(trial));
        }
    }

    private void breaks(DesignTrial trial) {
        List<String> breaches = DesignWords.breaches(trial);
        line("");
        line(
                "At %s, %s",
                DesignWords.load(trial), breaches.isEmpty() ? "nothing breaks" : "breaks");
        for (int i = 0; i < breaches.size(); i++) {
            line("  %-9s%s", i == 0 ? "first" : "then", breaches.get(i));
        }
        line("  %-9s%s", "holds", DesignWords.holds(trial));
    }

    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }
}
