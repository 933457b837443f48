package dev.touchstone.llm.fleet.simulation;

import dev.touchstone.llm.Admission;
import dev.touchstone.llm.Request;
import dev.touchstone.llm.Sequence;
import dev.touchstone.llm.fleet.RetryBudget;
import dev.touchstone.llm.fleet.Router;
import dev.touchstone.llm.fleet.RouterConfig.Pool;
import dev.touchstone.llm.fleet.RoutingRequest;
import dev.touchstone.simulation.EventLoop;
import dev.touchstone.simulation.VirtualClock;
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

    private final Client[] asks;
    private final long[] arrivalNanos;
    private final long[] sentNanos;
    private final long[] firstNanos;
    private final int[] newTokens;
    private final byte[] attempts;
    private final int[] slots;
    private final @Nullable RoutingRequest[] sent;

    private int beats;
    private long toCome;
    private long lastNanos;
    private boolean stopped;

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
        int count = clients.count();
        asks = new Client[count];
        arrivalNanos = new long[count];
        sentNanos = new long[count];
        firstNanos = new long[count];
        newTokens = new int[count];
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
            addReplica(0);
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

    private void addReplica(long nowNanos) {
        int slot =
                router.add(
                        "replica-" + replicas.size(), Pool.ANY, settings.layout().capacityTokens());
        replicas.add(new SimulatedReplica(slot, nowNanos, settings, recorder, this));
    }

    private void schedule(int client, long nanos) {
        if (nanos != Clients.NEVER) {
            toCome++;
            loop.at(nanos, asks[client]);
        }
    }

    private void beat(long nowNanos) {
        advance(nowNanos);
        if (beats++ % BEATS_PER_SCRAPE == 0) {
            scrape(nowNanos);
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
        double kv = 0;
        for (SimulatedReplica replica : replicas) {
            router.replica(replica.slot).scrapeBegins(nowNanos);
            router.replica(replica.slot)
                    .scraped(replica.running(), replica.waiting(), replica.occupancy());
            running += replica.running();
            waiting += replica.waiting();
            kv += replica.occupancy();
            recorder.kvOf(replica.occupancy());
        }
        recorder.sample(nowNanos, running, waiting, kv / replicas.size(), replicas.size());
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
        if (attempts[client] == 0) {
            clients.draw(client, nowNanos);
            arrivalNanos[client] = nowNanos;
            recorder.requests.add(nowNanos, 1);
            retries.request();
        }
        send(nowNanos, client, Router.NONE);
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
                        Request.PATIENT,
                        0,
                        0,
                        facts.prefix());
        attempts[client]++;
        lastNanos = Math.max(lastNanos, nowNanos);
        switch (replicas.get(slot).submit(nowNanos, request)) {
            case Admission.Waiting _ -> {
                router.sent(slot, facts, nowNanos);
                sent[client] = facts;
                slots[client] = slot;
                sentNanos[client] = nowNanos;
                newTokens[client] = router.newTokens();
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
            nanos += lastNanos - replica.startedNanos;
        }
        return Math.max(1, nanos);
    }

    private double imbalance() {
        double sum = 0;
        double most = 0;
        for (SimulatedReplica replica : replicas) {
            double rate = (double) replica.work / Math.max(1, lastNanos - replica.startedNanos);
            sum += rate;
            most = Math.max(most, rate);
        }
        return sum == 0 ? 1 : most * replicas.size() / sum;
    }
}
