package dev.touchstone.app.testing;

import dev.touchstone.app.internal.runs.Incidents;
import dev.touchstone.arena.Incident;
import dev.touchstone.arena.Incident.Lever;
import dev.touchstone.arena.Incident.Line;
import dev.touchstone.arena.Incident.Panel;
import dev.touchstone.arena.Incident.Probe;
import dev.touchstone.arena.Incident.Term;
import dev.touchstone.arena.IncidentRun;
import dev.touchstone.guardrails.Timeline;
import dev.touchstone.telemetry.Statistic;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A catalogue of one small incident whose telemetry is drawn by formulas: the pages and the server
/// are tested without the simulator, which has tests of its own.
public final class PracticeIncident implements Incidents {
    /// When the fault begins, relative to the page.
    static final Duration ONSET = Duration.ofMinutes(-23);

    private static final Instant PAGE = Instant.parse("2026-11-19T14:00:00Z");

    private static final Incident INCIDENT =
            new Incident(
                    "WR4",
                    "Throughput collapsed at long context",
                    "Tokens per second fell by two thirds and nobody deployed a model.",
                    List.of(
                            "Throughput of the chat fleet fell from 2,400 to about 710 tokens/s per GPU"
                                    + " within half an hour. Short chats stutter; first tokens still come quickly.",
                            "“We shipped nothing to serving today,” says the platform channel. “The only"
                                    + " thing I can see is that the enterprise context limit went to 32k this"
                                    + " morning, and that was behind a flag.”"),
                    List.of(
                            "Stop the bleeding: short chats back under 60 ms between tokens.",
                            "Keep long requests served; they are 7 % of traffic and pay most of it.",
                            "Say what broke, since when, and which gate would have caught it."),
                    PAGE,
                    Duration.ofMinutes(60),
                    Duration.ofMinutes(60),
                    Duration.ofMinutes(1),
                    List.of(
                            panel(
                                    "throughput",
                                    "Throughput per GPU",
                                    "tokens/s",
                                    2000.0,
                                    line("tokens", "generated")),
                            panel(
                                    "itl",
                                    "Time between tokens, short chats",
                                    "ms",
                                    60.0,
                                    line("itl-p99", "p99"),
                                    line("itl-p50", "p50")),
                            panel(
                                    "ttft",
                                    "Time to first token",
                                    "ms",
                                    800.0,
                                    line("ttft-p99", "p99"),
                                    line("ttft-p50", "p50")),
                            panel(
                                    "kv",
                                    "KV cache in use",
                                    "%",
                                    null,
                                    line("kv-max", "max replica"),
                                    line("kv-mean", "mean")),
                            panel(
                                    "running",
                                    "Sequences running per GPU",
                                    "sequences",
                                    null,
                                    line("running", "running"),
                                    line("waiting", "waiting")),
                            panel(
                                    "arrivals",
                                    "Arrivals",
                                    "requests/s",
                                    null,
                                    line("short", "up to 4k"),
                                    line("long", "over 4k")),
                            panel(
                                    "preempted",
                                    "Preemptions",
                                    "per min",
                                    null,
                                    line("preempted", "preempted")),
                            panel(
                                    "oom",
                                    "Restarts",
                                    "per h",
                                    null,
                                    line("restarts", "out of memory"))),
                    List.of(
                            change(-55, Timeline.Kind.MODEL, "ranker-v2", "0.4.1 to 0.4.2 in eu-2"),
                            change(
                                    -23,
                                    Timeline.Kind.FLAG,
                                    "enterprise-context",
                                    "8k to 32k for all enterprise keys"),
                            change(
                                    -9,
                                    Timeline.Kind.TRAFFIC,
                                    "mobile",
                                    "morning peak, 18 % above last week"),
                            change(
                                    -4,
                                    Timeline.Kind.CAPACITY,
                                    "pool eu-2",
                                    "one node drained for firmware")),
                    List.of(
                            probe(
                                    "kv-by-context",
                                    "KV occupancy by context length",
                                    "Who holds the cache, by prompt length.",
                                    0,
                                    "none: reads a dashboard"),
                            probe(
                                    "held-time",
                                    "KV held × time, per request",
                                    "Gigabyte-seconds by tenant over the last 15 minutes.",
                                    3,
                                    "none: reads logs"),
                            probe(
                                    "step-trace",
                                    "Trace one engine step",
                                    "What a step does, token by token, on one replica.",
                                    5,
                                    "slows that replica by a tenth while it runs"),
                            probe(
                                    "gpu-health",
                                    "GPU clocks, ECC and links",
                                    "Whether the hardware is well.",
                                    2,
                                    "none")),
                    List.of(
                            lever(
                                    "context-cap",
                                    "Context limit for new requests",
                                    "Longer prompts keep head and tail.",
                                    1,
                                    "cuts long prompts; users may notice",
                                    true,
                                    "32k",
                                    term("32k", "32k"),
                                    term("16k", "16k"),
                                    term("8k", "8k")),
                            lever(
                                    "long-lane",
                                    "Lane for long requests",
                                    "How many long requests run at once on a GPU.",
                                    2,
                                    "long requests wait longer",
                                    true,
                                    "off",
                                    term("off", "off"),
                                    term("2", "2 per GPU"),
                                    term("1", "1 per GPU")),
                            lever(
                                    "chunk",
                                    "Prefill chunk",
                                    "Tokens of prefill mixed into a step.",
                                    3,
                                    "a rolling restart, one replica at a time",
                                    true,
                                    "2048",
                                    term("2048", "2,048"),
                                    term("1024", "1,024"),
                                    term("512", "512")),
                            lever(
                                    "restart",
                                    "Restart the fleet",
                                    "Everything, now.",
                                    6,
                                    "drops every session and its cache",
                                    false,
                                    "no",
                                    term("no", "leave it"),
                                    term("now", "restart now"))),
                    List.of(
                            term("admission", "Admission and context limits"),
                            term("scheduler", "Engine scheduler"),
                            term("kernel", "Attention kernel"),
                            term("gpu", "GPU hardware"),
                            term("client", "Mobile client")),
                    List.of(
                            term("kv-exhaustion", "Long sequences hold the KV cache, so few run"),
                            term("prefill-interference", "Large prefill chunks delay decode steps"),
                            term("weights", "The model's weights got slower"),
                            term("throttling", "Clocks are throttled"),
                            term("retry-storm", "Clients retry and multiply load")),
                    List.of(
                            term("capacity-by-context", "Capacity model by context length"),
                            term("kv-admission", "Admission by projected KV"),
                            term("kv-autoscale", "Autoscale on KV, not on GPU utilisation"),
                            term("limit-review", "Launch review for context limits")));

    @Override
    public List<Incident> all() {
        return List.of(INCIDENT);
    }

    @Override
    public IncidentRun start(Incident incident, long seed) {
        return new PracticeRun(incident, seed);
    }

    private static Panel panel(
            String id, String title, String unit, @Nullable Double limit, Line... lines) {
        return new Panel(id, title, unit, Optional.ofNullable(limit), List.of(lines));
    }

    private static Line line(String signal, String label) {
        return new Line(signal, label, "practice:" + signal, Statistic.MEAN, 1);
    }

    private static Timeline.Change change(
            int minutes, Timeline.Kind kind, String target, String summary) {
        return new Timeline.Change(
                PAGE.plus(Duration.ofMinutes(minutes)), kind, target, summary, "");
    }

    private static Probe probe(String id, String title, String text, int minutes, String risk) {
        return new Probe(id, title, text, Duration.ofMinutes(minutes), risk);
    }

    private static Lever lever(
            String id,
            String title,
            String text,
            int minutes,
            String risk,
            boolean reversible,
            String initial,
            Term... options) {
        return new Lever(
                id,
                title,
                text,
                Duration.ofMinutes(minutes),
                risk,
                reversible,
                initial,
                List.of(options));
    }

    private static Term term(String id, String label) {
        return new Term(id, label);
    }
}
