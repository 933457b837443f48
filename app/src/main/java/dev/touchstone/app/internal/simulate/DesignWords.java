package dev.touchstone.app.internal.simulate;

import dev.touchstone.arena.design.Breach;
import dev.touchstone.arena.design.DesignTrial;
import dev.touchstone.arena.design.FleetDesign;
import dev.touchstone.arena.design.FleetDesign.Lane;
import dev.touchstone.capacity.Derivation;
import dev.touchstone.llm.fleet.simulation.FleetReport;
import dev.touchstone.llm.fleet.simulation.FleetReport.Outcomes;
import dev.touchstone.llm.fleet.simulation.SessionLoad;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// What is said of a tried design, in the terminal, on the page and to programs.
public final class DesignWords {
    /// What breaks sooner breaks as soon as the users are there.
    private static final Duration AT_ONCE = Duration.ofSeconds(5);

    private DesignWords() {}

    /// The design in one line.
    public static String design(FleetDesign design) {
        return "%s · %s KV · %s tokens a step · %s · router %s · ladder %s"
                .formatted(
                        Figures.plural(design.gpus(), "H100"),
                        design.kvType().name().toLowerCase(Locale.ROOT),
                        Figures.count(design.tokenBudget()),
                        lane(design.lane()),
                        router(design),
                        design.ladder() ? "on" : "off");
    }

    private static String lane(Lane lane) {
        if (lane.equals(Lane.NONE)) {
            return "no lane for long prompts";
        }
        var parts = new ArrayList<String>();
        if (lane.gpus() > 0) {
            parts.add("on %s only".formatted(Figures.plural(lane.gpus(), "GPU")));
        }
        if (lane.atOnce() > 0) {
            parts.add("%d at once on each".formatted(lane.atOnce()));
        }
        return "prompts from %s tokens on %s"
                .formatted(Figures.count(lane.fromTokens()), String.join(", ", parts));
    }

    static String router(FleetDesign design) {
        return design.router().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// A time; a dash where there is none.
    public static String seconds(double seconds) {
        return seconds == 0 ? Figures.NOTHING : Figures.seconds(seconds);
    }

    /// A share.
    public static String percent(double share) {
        return Figures.percent(share);
    }

    /// `10 × the load`.
    public static String load(DesignTrial trial) {
        return trial.times() == 1 ? "the load" : trial.times() + " × the load";
    }

    /// What became of the promise.
    public static String promise(DesignTrial trial) {
        if (trial.kept()) {
            return "kept";
        }
        return trial.stopped() ? "stopped early" : "broken";
    }

    /// What broke, the first first: what, since when, how far.
    public static List<String> breaches(DesignTrial trial) {
        return trial.breaches().stream().map(each -> breach(trial, each)).toList();
    }

    /// What did not break, with its figures.
    public static String holds(DesignTrial trial) {
        FleetReport report = trial.report();
        List<Breach.Kind> broken = trial.breaches().stream().map(Breach::kind).toList();
        var parts = new ArrayList<String>();
        if (!broken.contains(Breach.Kind.TTFT)) {
            parts.add("first token, p95 " + Figures.seconds(report.ttft().p95Seconds()));
        }
        if (!broken.contains(Breach.Kind.TPOT)) {
            parts.add("time per token, p95 " + Figures.seconds(report.tpot().p95Seconds()));
        }
        if (!broken.contains(Breach.Kind.QUEUE)) {
            parts.add("queue, %s at a GPU at most".formatted(Figures.level(waiting(trial))));
        }
        if (!broken.contains(Breach.Kind.MEMORY)) {
            parts.add("memory, %s full".formatted(Figures.percent(report.load().kvMean())));
        }
        if (!broken.contains(Breach.Kind.COST)) {
            parts.add(
                    String.format(
                            Locale.ROOT, "cost, $%.3f per 1M", report.cost().perMillionTokens()));
        }
        return String.join(" · ", parts);
    }

    /// One thing that broke.
    static String breach(DesignTrial trial, Breach breach) {
        FleetReport report = trial.report();
        return switch (breach.kind()) {
            case TTFT ->
                    "first token: p95 above %s%s, %s at worst"
                            .formatted(
                                    Figures.seconds(breach.limit()),
                                    since(breach),
                                    Figures.seconds(breach.value()));
            case TPOT ->
                    "time per token: p95 above %s%s, %s at worst"
                            .formatted(
                                    Figures.seconds(breach.limit()),
                                    since(breach),
                                    Figures.seconds(breach.value()));
            case QUEUE ->
                    "queue: more requests wait than run%s, %s at a GPU at worst"
                            .formatted(since(breach), Figures.level(waiting(trial)));
            case MEMORY ->
                    "memory: keys and values fill more than %s%s, %s"
                            .formatted(
                                    Figures.percent(breach.limit()),
                                    since(breach),
                                    Figures.plural(report.outcomes().preemptions(), "preemption"));
            case LOST ->
                    "lost: %s of the requests get no answer of this model (%s)"
                            .formatted(Figures.percent(breach.value()), lost(report.outcomes()));
            case SHORTENED ->
                    "answers: %s tokens on average, %s are wanted"
                            .formatted(
                                    Figures.level(breach.value() * answerTokens()),
                                    Figures.level(answerTokens()));
            case COST ->
                    String.format(
                            Locale.ROOT,
                            "cost: $%.2f for 1M tokens, $%.2f allowed",
                            breach.value(),
                            breach.limit());
        };
    }

    /// One thing that broke, of a trial of which no more is kept.
    public static String breach(Breach breach) {
        return switch (breach.kind()) {
            case TTFT, TPOT ->
                    "%s%s: p95 %s at worst"
                            .formatted(
                                    breach.kind() == Breach.Kind.TTFT
                                            ? "first token"
                                            : "time per token",
                                    since(breach),
                                    Figures.seconds(breach.value()));
            case QUEUE ->
                    "queue%s: %s wait for one that runs at worst"
                            .formatted(since(breach), Figures.level(breach.value()));
            case MEMORY ->
                    "memory%s: %s full at worst"
                            .formatted(since(breach), Figures.percent(breach.value()));
            case LOST -> "lost: %s of the requests".formatted(Figures.percent(breach.value()));
            case SHORTENED ->
                    "answers: %s of their length".formatted(Figures.percent(breach.value()));
            case COST -> String.format(Locale.ROOT, "cost: $%.2f for 1M tokens", breach.value());
        };
    }

    private static double answerTokens() {
        return SessionLoad.COURSE.conversation().answerTokens();
    }

    private static String since(Breach breach) {
        return breach.at()
                .map(at ->
                        at.compareTo(AT_ONCE) < 0 ? "at once" : "from " + Figures.span(at) + " on")
                .map(" "::concat)
                .orElse("");
    }

    private static String lost(Outcomes outcomes) {
        var parts = new ArrayList<String>();
        add(parts, outcomes.timedOut(), "left after " + FleetDesign.PATIENCE.toSeconds() + " s");
        add(parts, outcomes.shed(), "of low priority turned away");
        add(parts, outcomes.fallback(), "given to a small model");
        add(parts, outcomes.rejected() + outcomes.failed(), "failed");
        add(parts, outcomes.neverFits(), "too long");
        return String.join(", ", parts);
    }

    private static void add(List<String> parts, long count, String what) {
        if (count > 0) {
            parts.add(Figures.count(count) + " " + what);
        }
    }

    /// Requests waiting at one GPU, at most.
    static double waiting(DesignTrial trial) {
        return Arrays.stream(trial.report().course().waiting().values()).max().orElse(0)
                / trial.design().gpus();
    }

    /// What is derived for the load beside what was simulated.
    public static String derived(DesignTrial trial) {
        Derivation derivation = trial.derivation();
        return "%s if prefill and decode overlap · %s if they take turns · %s with the haircut"
                .formatted(
                        derivation.text("fleet_overlapped"),
                        derivation.text("fleet_serial"),
                        derivation.text("fleet"));
    }

    /// How few GPUs would do.
    public static String smallest(DesignStudy study) {
        if (study.stoppedEarly()) {
            return "stopped before it was known";
        }
        if (study.smallest().isEmpty()) {
            return "not sought within an attempt; /design seeks it";
        }
        int smallest = study.smallest().getAsInt();
        return smallest == 0
                ? "not even %d GPUs keep the promise with these settings"
                        .formatted(DesignStudy.MOST_GPUS)
                : "fewest that keep the promise with these settings: %s"
                        .formatted(Figures.plural(smallest, "GPU"));
    }
}
