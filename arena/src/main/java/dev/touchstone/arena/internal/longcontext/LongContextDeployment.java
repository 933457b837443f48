package dev.touchstone.arena.internal.longcontext;

import dev.touchstone.arena.Outcome;
import dev.touchstone.arena.internal.Deployment;
import dev.touchstone.arena.internal.Scene;
import dev.touchstone.llm.Admission;
import dev.touchstone.llm.EngineObserver;
import dev.touchstone.llm.Request;
import dev.touchstone.llm.Sequence;
import dev.touchstone.simulation.EventLog;
import dev.touchstone.simulation.EventLoop;
import dev.touchstone.simulation.RandomStreams;
import dev.touchstone.simulation.VirtualClock;
import dev.touchstone.telemetry.Telemetry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/// A 13B chat service on a slice of its fleet, on the day documents of up to 32k tokens are
/// allowed.
///
/// Nothing here is a recording. [Traffic] makes requests, [Replica]s serve them with the real
/// scheduler and KV cache on modelled GPUs, the levers change that scheduler's configuration, and
/// what is charted, probed and graded is what then happens. The collapse has three mechanisms,
/// which the variants weigh differently: an open document holds the memory of sixteen short
/// requests for as long as it is open; each question about it is one prompt chunk that takes a
/// fifth of a second, during which everyone else's answer stands still; and a prompt that fills the
/// context to the last token outgrows its reservation and takes the engine down.
final class LongContextDeployment
        implements Deployment, Replica.Owner, Traffic.Service, EngineObserver {
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final int MAX_WINDOWS = 600;
    private static final long SAMPLE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final Duration DRAIN = Duration.ofSeconds(20);

    /// One replica drains and restarts before the next one's turn.
    private static final Duration ROLL_GAP = Duration.ofSeconds(90);

    private final Scene scene;
    private final Parameters parameters;
    private final EventLoop loop = new EventLoop(new VirtualClock(Instant.EPOCH));
    private final Impact impact;
    private final Traffic traffic;
    private final Probes probes;
    private final int refusedKind;
    private final int killedKind;
    private final List<Replica> replicas = new ArrayList<>();
    private Settings settings;

    LongContextDeployment(Scene scene) {
        this.scene = scene;
        parameters = new Parameters(scene.parameters());
        settings = new Settings(Map.of("prefill-chunk", "2048"));
        if (parameters.get("pagedWithoutLimits") > 0) {
            settings = settings.with("kv-allocation", "paged");
        }
        refusedKind = scene.log().kind("refused");
        killedKind = scene.log().kind("killed");
        impact =
                new Impact(
                        new Telemetry(WINDOW, MAX_WINDOWS),
                        scene.pageNanos(),
                        parameters.nanos("clientRoundTripSeconds"));
        traffic = new Traffic(loop, new RandomStreams(scene.seed()), this, parameters, settings);
        for (int i = 0; i < (int) parameters.get("gpus"); i++) {
            addReplica();
        }
        probes = new Probes(impact, replicas);
        traffic.start();
        if (scene.faulty()) {
            loop.at(onsetNanos(), traffic::allowDocuments);
        }
        loop.at(0, this::sample);
    }

    @Override
    public void advanceTo(long nanos) {
        loop.runUntil(nanos);
        impact.telemetry().advance(nanos);
    }

    @Override
    public Telemetry telemetry() {
        return impact.telemetry();
    }

    @Override
    public double harm() {
        return impact.harm();
    }

    @Override
    public Map<String, Double> figures() {
        return impact.figures(
                Math.max(0, loop.now() - Duration.ofMinutes(5).toNanos()),
                loop.now(),
                replicas.size());
    }

    /// Figures over any stretch of time, for the tests that hold them to the incident's facts.
    Map<String, Double> figures(Duration from, Duration to) {
        return impact.figures(from.toNanos(), to.toNanos(), replicas.size());
    }

    @Override
    public Optional<String> objection(String lever, String option) {
        if (settings.is(lever, option) && !lever.equals("restart")) {
            return Optional.of("%s is already set to %s.".formatted(lever, option));
        }
        if (lever.equals("prefix-cache") && option.equals("on") && !settings.paged()) {
            return Optional.of(
                    "Prefixes are shared block by block: switch kv-allocation to paged first.");
        }
        if (lever.equals("kv-allocation") && option.equals("reserved") && settings.prefixCache()) {
            return Optional.of("The prefix cache needs paged memory: switch it off first.");
        }
        if (lever.equals("gpus") && settings.trafficShare() < 1) {
            return Optional.of("The quota is used up; capacity cannot be handed back today.");
        }
        return Optional.empty();
    }

    @Override
    public String pull(String lever, String option) {
        if (lever.equals("restart")) {
            replicas.forEach(replica -> replica.restart(loop.now()));
            return "All engines were restarted; what was in flight is lost, and loading takes 45 s.";
        }
        settings = settings.with(lever, option);
        traffic.reconfigure(settings);
        return switch (lever) {
            case "kv-allocation", "kv-type", "distil" -> {
                roll();
                yield "The engines drain and restart one after the other, 90 s apart.";
            }
            case "gpus" -> "One GPU more for every eight takes its share of the traffic.";
            default -> {
                replicas.forEach(replica -> replica.reconfigure(settings));
                yield "In force on all engines, without a restart.";
            }
        };
    }

    @Override
    public Outcome.Finding probe(String probe) {
        return probes.look(probe, loop.now(), settings, this::oldBuild);
    }

    @Override
    public boolean submit(long nowNanos, Request request, int home) {
        boolean document = request.session() != 0;
        impact.offered(nowNanos, document);
        boolean taken =
                document
                        ? takes(nowNanos, request, replicas.get(home))
                        : submitShort(nowNanos, request);
        if (!taken) {
            scene.log().add(nowNanos, refusedKind, request.id(), request.promptTokens());
            impact.turnedAway(nowNanos, document);
        }
        return taken;
    }

    @Override
    public int home(IntUnaryOperator documentsAt) {
        int homes = settings.poolsByLength() ? 1 : replicas.size();
        Replica best = replicas.getFirst();
        for (Replica replica : replicas.subList(0, homes)) {
            boolean emptier =
                    documentsAt.applyAsInt(replica.index()) < documentsAt.applyAsInt(best.index());
            if (!replica.down() && (best.down() || emptier)) {
                best = replica;
            }
        }
        return best.index();
    }

    @Override
    public void closeSession(int home, long session) {
        replicas.get(home).closeSession(session);
    }

    @Override
    public void outOfMemory(long nowNanos, Replica replica) {
        scene.log().add(nowNanos, killedKind, replica.index(), 0);
        impact.killed(nowNanos);
    }

    @Override
    public void stepped(long nowNanos, Replica replica, long stepNanos) {
        impact.prefilled(nowNanos, replica.engine().step().prefillTokens());
        probes.stepped(nowNanos, replica, stepNanos);
    }

    @Override
    public void stepEnded(long nowNanos) {
        impact.stepEnded(nowNanos);
    }

    @Override
    public void up(long nowNanos, Replica replica) {
        traffic.lostHome(replica.index());
    }

    @Override
    public void firstToken(long nowNanos, Sequence sequence, long nanos) {
        impact.firstToken(nowNanos, sequence, nanos);
    }

    @Override
    public void nextToken(long nowNanos, Sequence sequence, long nanos) {
        impact.nextToken(nowNanos, sequence, nanos);
    }

    @Override
    public void preempted(long nowNanos, Sequence sequence) {
        impact.preempted(nowNanos);
    }

    @Override
    public void finished(long nowNanos, Sequence sequence) {
        Request request = sequence.request();
        impact.answered(
                nowNanos, sequence, traffic.cutShort(request), traffic.documentShare(request));
        if (request.session() != 0) {
            traffic.answered(nowNanos, request);
        }
    }

    @Override
    public void gaveUp(long nowNanos, Sequence sequence) {
        impact.turnedAway(nowNanos, true);
        traffic.gaveUp(sequence.request());
    }

    @Override
    public void lost(long nowNanos, Sequence sequence) {
        impact.lost(nowNanos, sequence);
        if (sequence.request().session() != 0) {
            traffic.retry(nowNanos, sequence.request());
        }
    }

    private long onsetNanos() {
        return scene.pageNanos() - parameters.nanos("onsetSecondsBeforePage");
    }

    private void addReplica() {
        replicas.add(
                new Replica(replicas.size(), loop, scene.log(), this, this, parameters, settings));
    }

    private void roll() {
        long start = loop.now();
        for (Replica replica : replicas) {
            long turn = start + replica.index() * ROLL_GAP.toNanos();
            loop.at(turn, now -> replica.replace(now, DRAIN, settings));
        }
    }

    private void sample(long nowNanos) {
        impact.sample(nowNanos, replicas, SAMPLE_NANOS / 1e9);
        loop.at(nowNanos + SAMPLE_NANOS, this::sample);
    }

    /// Offers the request to the replicas in order of free memory until one takes it.
    private boolean submitShort(long nowNanos, Request request) {
        int first = settings.poolsByLength() && replicas.size() > 1 ? 1 : 0;
        Replica best = replicas.get(first);
        for (int i = first + 1; i < replicas.size(); i++) {
            Replica other = replicas.get(i);
            if (!best.takesRequests()
                    || (other.takesRequests()
                            && other.engine().pool().freeBlocks()
                                    > best.engine().pool().freeBlocks())) {
                best = other;
            }
        }
        if (takes(nowNanos, request, best)) {
            return true;
        }
        for (int i = first; i < replicas.size(); i++) {
            if (replicas.get(i) != best && takes(nowNanos, request, replicas.get(i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean takes(long nowNanos, Request request, Replica replica) {
        return replica.takesRequests()
                && replica.submit(nowNanos, request) instanceof Admission.Waiting;
    }

    /// The same traffic without documents, served for five minutes.
    private Map<String, Double> oldBuild() {
        var twin =
                new LongContextDeployment(
                        new Scene(
                                scene.seed(),
                                new HashMap<>(scene.parameters()),
                                false,
                                scene.pageNanos(),
                                scene.endNanos(),
                                new EventLog()));
        twin.advanceTo(Duration.ofMinutes(6).toNanos());
        return twin.figures(Duration.ofMinutes(1), Duration.ofMinutes(6));
    }
}
