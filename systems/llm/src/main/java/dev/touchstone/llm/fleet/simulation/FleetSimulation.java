package dev.touchstone.llm.fleet.simulation;

import dev.touchstone.llm.Admission;
import dev.touchstone.llm.Request;
import dev.touchstone.llm.Sequence;
import dev.touchstone.llm.fleet.DegradationLadder.Ruling;
import dev.touchstone.llm.fleet.RetryBudget;
import dev.touchstone.llm.fleet.Router;
import dev.touchstone.llm.fleet.RouterConfig.Pool;
import dev.touchstone.llm.fleet.RoutingRequest;
import dev.touchstone.llm.fleet.simulation.SimulatedReplica.Stage;
import dev.touchstone.simulation.EventLoop;
import dev.touchstone.simulation.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Puts a load on a fleet under virtual time.
///
/// Two kinds of event make up a run: a client asks, and a beat four times a second, at which
/// metrics are read and everything slow is decided. Replicas have no events. They influence one
/// another only through the router and the clients, so each catches up when an event looks at it;
/// and no client asks again within a beat, so nothing happens before what was already done.
public final class FleetSimulation implements SimulatedReplica.Fate {
    static final long BEAT_NANOS = 250_000_000;

    private static final int BEATS_PER_SCRAPE =
            (int) (FleetSettings.SCRAPE_INTERVAL.toNanos() / BEAT_NANOS);
    private static final int BEATS_PER_MANAGEMENT = 20;
    private static final double RETRY_SHARE = 0.1;
    private static final int RETRIES_SAVED = 100;
    private static final int MAX_ATTEMPTS = 3;
    private static final long RETRY_NANOS = 1_000_000_000;

    private final FleetSettings settings;
    private final FleetProgress progress;
    private final Clients clients;
    private final long spanNanos;
    private final FleetRecorder recorder;
    private final EventLoop loop = new EventLoop(new VirtualClock(Instant.EPOCH));
    private final Router router;
    private final RetryBudget retries = new RetryBudget(RETRY_SHARE, RETRIES_SAVED);
    private final List<SimulatedReplica> replicas = new ArrayList<>();
    private final @Nullable SimulatedReplica[] bySlot = new SimulatedReplica[Router.MAX_REPLICAS];
    private final Steward steward;

    private final Client[] asks;
    private final long[] arrivalNanos;
    private final long[] sentNanos;
    private final long[] firstNanos;
    private final int[] newTokens;
    private final long[] pendingTokens;
    private final boolean[] open;
    private final byte[] attempts;
    private final int[] slots;
    private final @Nullable RoutingRequest[] sent;

    private int beats;
    private long toCome;
    private long lastNanos;
    private boolean stopped;
    private boolean metricsStopped;

    private FleetSimulation(Load load, FleetSettings settings, FleetProgress progress) {
        this.settings = settings;
        this.progress = progress;
        spanNanos = Math.max(1, load.span().toNanos());
        int blockTokens = settings.layout().blockTokens();
        clients =
                switch (load) {
                    case SessionLoad sessions ->
                            new SessionClients(sessions, blockTokens, settings.seed());
                    case TraceLoad trace -> new TraceClients(trace, blockTokens);
                };
        recorder = new FleetRecorder(load.span());
        router = new Router(settings.router());
        steward = new Steward(settings.control(), router, replicas);
        int count = clients.count();
        asks = new Client[count];
        arrivalNanos = new long[count];
        sentNanos = new long[count];
        firstNanos = new long[count];
        newTokens = new int[count];
        pendingTokens = new long[count];
        open = new boolean[count];
        attempts = new byte[count];
        slots = new int[count];
        sent = new RoutingRequest[count];
    }

    /// Simulates until the load is through and answered, or `progress` stops it; the report then
    /// covers what was done so far.
    public static FleetReport run(Load load, FleetSettings settings, FleetProgress progress) {
        return new FleetSimulation(load, settings, progress).run();
    }

    private FleetReport run() {
        for (int i = 0; i < settings.replicas(); i++) {
            addReplica(0, 0);
        }
        for (Control.Fault fault : settings.control().faults()) {
            loop.at(fault.at().toNanos(), nowNanos -> happen(nowNanos, fault));
        }
        for (int client = 0; client < clients.count(); client++) {
            asks[client] = new Client(client);
            schedule(client, clients.firstNanos(client));
        }
        loop.at(0, this::beat);
        loop.runUntil(Long.MAX_VALUE);
        return recorder.report(
                !stopped, lastNanos, replicaNanos(), imbalance(), settings.dollarsPerReplicaHour());
    }

    private void addReplica(long nowNanos, long startUpNanos) {
        var replica =
                new SimulatedReplica(nowNanos, nowNanos + startUpNanos, settings, recorder, this);
        replicas.add(replica);
        if (startUpNanos == 0) {
            serve(replica);
        }
    }

    private void serve(SimulatedReplica replica) {
        replica.slot =
                router.add(
                        "replica-" + replicas.indexOf(replica),
                        Pool.ANY,
                        settings.layout().capacityTokens());
        replica.stage = Stage.SERVING;
        bySlot[replica.slot] = replica;
    }

    private void drain(SimulatedReplica replica) {
        router.drain(replica.slot);
        replica.stage = Stage.DRAINING;
    }

    private void gone(long nowNanos, SimulatedReplica replica) {
        router.remove(replica.slot);
        replica.stage = Stage.GONE;
        replica.goneNanos = nowNanos;
    }

    private void happen(long nowNanos, Control.Fault fault) {
        advance(nowNanos);
        SimulatedReplica replica = replicas.get(Math.min(fault.replica(), replicas.size() - 1));
        boolean there = replica.stage == Stage.SERVING || replica.stage == Stage.DRAINING;
        switch (fault.kind()) {
            case CRASH -> {
                if (there) {
                    gone(nowNanos, replica);
                    replica.crash(nowNanos);
                }
            }
            case NOTICE -> {
                if (there) {
                    drain(replica);
                }
            }
            case SLOW -> replica.slowDown(fault.factor());
            case METRICS_STOP -> metricsStopped = true;
            case METRICS_RESUME -> metricsStopped = false;
        }
    }

    /// Lets replicas begin and end, and asks for as many as there should be.
    private void manage(long nowNanos) {
        int serving = 0;
        int starting = 0;
        for (SimulatedReplica replica : replicas) {
            if (replica.stage == Stage.STARTING && replica.readyNanos <= nowNanos) {
                serve(replica);
            } else if (replica.stage == Stage.DRAINING && !replica.busy()) {
                gone(nowNanos, replica);
            }
            serving += replica.stage == Stage.SERVING ? 1 : 0;
            starting += replica.stage == Stage.STARTING ? 1 : 0;
        }
        int desired = steward.desired(serving, starting, nowNanos);
        long startUp =
                settings.control()
                        .autoscaler()
                        .map(config -> config.startUp().toNanos())
                        .orElse(0L);
        for (int i = serving + starting; i < Math.min(desired, Router.MAX_REPLICAS); i++) {
            addReplica(nowNanos, startUp);
        }
        int excess = serving - desired;
        for (int i = replicas.size() - 1; i >= 0 && excess > 0 && serving > 1; i--) {
            if (replicas.get(i).stage == Stage.SERVING) {
                drain(replicas.get(i));
                excess--;
            }
        }
    }

    private void schedule(int client, long nanos) {
        if (nanos != Clients.NEVER) {
            toCome++;
            loop.at(nanos, asks[client]);
        }
    }

    private void beat(long nowNanos) {
        advance(nowNanos);
        if (beats % BEATS_PER_MANAGEMENT == 0) {
            manage(nowNanos);
        }
        if (beats++ % BEATS_PER_SCRAPE == 0) {
            scrape(nowNanos);
            steward.watch(nowNanos);
        }
        int running = 0;
        int waiting = 0;
        for (SimulatedReplica replica : replicas) {
            running += replica.running();
            waiting += replica.waiting();
        }
        double fraction = Math.min(1, (double) nowNanos / spanNanos);
        if (!progress.reached(fraction, running, waiting)) {
            stopped = true;
        }
        if (!stopped && (toCome > 0 || anyBusy())) {
            loop.at(nowNanos + BEAT_NANOS, this::beat);
        }
    }

    private void advance(long nowNanos) {
        for (SimulatedReplica replica : replicas) {
            replica.advance(nowNanos);
        }
    }

    private boolean anyBusy() {
        for (SimulatedReplica replica : replicas) {
            if (replica.busy()) {
                return true;
            }
        }
        return false;
    }

    private void scrape(long nowNanos) {
        int running = 0;
        int waiting = 0;
        int paid = 0;
        int there = 0;
        double kv = 0;
        for (SimulatedReplica replica : replicas) {
            paid += replica.stage == Stage.GONE ? 0 : 1;
            if (replica.stage != Stage.SERVING && replica.stage != Stage.DRAINING) {
                continue;
            }
            if (!metricsStopped) {
                router.replica(replica.slot).scrapeBegins(nowNanos);
                router.replica(replica.slot)
                        .scraped(replica.running(), replica.waiting(), replica.occupancy());
            }
            running += replica.running();
            waiting += replica.waiting();
            kv += replica.occupancy();
            there++;
            recorder.kvOf(replica.occupancy());
        }
        recorder.sample(nowNanos, running, waiting, kv / Math.max(1, there), paid);
        router.ejectSlow(nowNanos);
    }

    /// A client, whose event is that it asks.
    private final class Client implements EventLoop.Event {
        private final int number;

        Client(int number) {
            this.number = number;
        }

        @Override
        public void fire(long nowNanos) {
            toCome--;
            if (!stopped) {
                advance(nowNanos);
                ask(nowNanos, number);
            }
        }
    }

    private void ask(long nowNanos, int client) {
        if (attempts[client] > 0) {
            send(nowNanos, client, Router.NONE);
            return;
        }
        if (!open[client]) {
            open[client] = true;
            clients.draw(client, nowNanos);
            recorder.requests.add(nowNanos, 1);
            retries.request();
        }
        // A request that was told when to come back counts from then on.
        arrivalNanos[client] = nowNanos;
        switch (steward.decide(clients.lowPriority(client), clients.outputTokens[client])) {
            case Ruling.Serve(int answerTokens) -> {
                clients.outputTokens[client] = answerTokens;
                send(nowNanos, client, Router.NONE);
            }
            case Ruling.Shed() -> {
                recorder.shed++;
                over(nowNanos, client, 0);
            }
            case Ruling.Wait(Duration retryAfter) -> {
                recorder.deferred++;
                schedule(client, nowNanos + retryAfter.toNanos());
            }
            case Ruling.Fallback() -> {
                recorder.fallback++;
                over(nowNanos, client, 0);
            }
        }
    }

    private void send(long nowNanos, int client, int exclude) {
        var facts =
                new RoutingRequest(
                        clients.session(client),
                        clients.promptTokens[client],
                        clients.outputTokens[client],
                        clients.prefix(client));
        int slot = router.choose(facts, exclude, nowNanos);
        if (slot == Router.NONE) {
            reject(nowNanos, client);
            return;
        }
        var request =
                new Request(
                        client,
                        facts.promptTokens(),
                        facts.outputTokens(),
                        settings.control().patience().toNanos(),
                        0,
                        0,
                        facts.prefix());
        attempts[client]++;
        lastNanos = Math.max(lastNanos, nowNanos);
        SimulatedReplica replica = bySlot[slot];
        if (replica == null) {
            throw new IllegalStateException("the router chose slot " + slot + ", which is empty");
        }
        switch (replica.submit(nowNanos, request)) {
            case Admission.Waiting _ -> {
                router.sent(slot, facts, nowNanos);
                sent[client] = facts;
                slots[client] = slot;
                sentNanos[client] = nowNanos;
                newTokens[client] = router.newTokens();
                pendingTokens[client] = router.replica(slot).pendingPrefillTokens();
                steward.sent(newTokens[client]);
                recorder.log.add(nowNanos, recorder.sentKind, slot, client);
            }
            case Admission.Refused(Admission.Cause cause, String _) -> {
                recorder.log.add(nowNanos, recorder.refusedKind, slot, client);
                if (cause == Admission.Cause.NEVER_FITS) {
                    recorder.neverFits++;
                    over(nowNanos, client, 0);
                } else if (mayRetry(client)) {
                    send(nowNanos, client, slot);
                } else {
                    reject(nowNanos, client);
                }
            }
        }
    }

    private boolean mayRetry(int client) {
        boolean may = attempts[client] < MAX_ATTEMPTS && retries.tryRetry();
        recorder.retries += may ? 1 : 0;
        return may;
    }

    private void reject(long nowNanos, int client) {
        recorder.rejected++;
        over(nowNanos, client, 0);
    }

    /// Nothing more is heard of a request; its client goes on.
    private void over(long nowNanos, int client, int answerTokens) {
        attempts[client] = 0;
        open[client] = false;
        sent[client] = null;
        long next = clients.nextNanos(client, arrivalNanos[client], nowNanos, answerTokens);
        schedule(client, next);
    }

    @Override
    public void firstToken(long nowNanos, int client, Sequence sequence) {
        firstNanos[client] = nowNanos;
        recorder.ttft.record(loop.now(), nowNanos - arrivalNanos[client]);
        recorder.log.add(nowNanos, recorder.firstKind, client, sequence.cachedTokens());
        router.answered(slots[client], newTokens[client]);
        steward.answered(pendingTokens[client], nowNanos - sentNanos[client]);
    }

    @Override
    public void finished(long nowNanos, int client, Sequence sequence) {
        RoutingRequest facts = sent[client];
        if (facts == null) {
            throw new IllegalStateException("client " + client + " finished what it never sent");
        }
        lastNanos = Math.max(lastNanos, nowNanos);
        int tokens = sequence.generated();
        double gap = tokens > 1 ? (double) (nowNanos - firstNanos[client]) / (tokens - 1) : 0;
        if (tokens > 1) {
            recorder.tpot.record(loop.now(), (long) gap);
        }
        recorder.latency.record(loop.now(), nowNanos - arrivalNanos[client]);
        recorder.finished++;
        recorder.log.add(nowNanos, recorder.finishedKind, client, tokens);
        router.ended(slots[client], facts, sentNanos[client], tokens, gap);
        over(nowNanos, client, tokens);
    }

    @Override
    public void gaveUp(long nowNanos, int client) {
        RoutingRequest facts = sent[client];
        if (facts != null) {
            router.answered(slots[client], newTokens[client]);
            router.ended(slots[client], facts, sentNanos[client], 0, 0);
        }
        recorder.timedOut++;
        over(nowNanos, client, 0);
    }

    @Override
    public void lost(long nowNanos, int client) {
        recorder.log.add(nowNanos, recorder.lostKind, slots[client], client);
        sent[client] = null;
        if (mayRetry(client)) {
            schedule(client, nowNanos + RETRY_NANOS);
        } else {
            recorder.failed++;
            over(nowNanos, client, 0);
        }
    }

    private double replicaNanos() {
        double nanos = 0;
        for (SimulatedReplica replica : replicas) {
            nanos += replica.paidNanos(lastNanos);
        }
        return Math.max(1, nanos);
    }

    private double imbalance() {
        double sum = 0;
        double most = 0;
        int count = 0;
        for (SimulatedReplica replica : replicas) {
            long served = replica.servedNanos(lastNanos);
            if (served > 0) {
                double rate = (double) replica.work / served;
                sum += rate;
                most = Math.max(most, rate);
                count++;
            }
        }
        return sum == 0 ? 1 : most * count / sum;
    }
}
