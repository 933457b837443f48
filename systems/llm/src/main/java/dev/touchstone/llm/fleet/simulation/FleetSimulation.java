package dev.touchstone.llm.fleet.simulation;

import dev.touchstone.llm.Admission;
import dev.touchstone.llm.Request;
import dev.touchstone.llm.Sequence;
import dev.touchstone.llm.fleet.DegradationLadder.Ruling;
import dev.touchstone.llm.fleet.RetryBudget;
import dev.touchstone.llm.fleet.Router;
import dev.touchstone.llm.fleet.RoutingRequest;
import dev.touchstone.llm.fleet.Steward;
import dev.touchstone.simulation.EventLoop;
import dev.touchstone.simulation.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Puts a load on a fleet under virtual time.
///
/// Two kinds of event make up a run: a client asks, and a beat four times a second, at which
/// metrics are read and everything slow is decided. Replicas have no events. They influence one
/// another only through the router and the clients, so each catches up when an event looks at it;
/// and no client asks again within a beat, so nothing happens before what was already done. Where
/// answers are written elsewhere than prompts are read, the ends of reading steps are events, too.
public final class FleetSimulation implements SimulatedReplica.Fate {
    static final long BEAT_NANOS = 250_000_000;

    private static final int BEATS_PER_SCRAPE =
            (int) (FleetSettings.SCRAPE_INTERVAL.toNanos() / BEAT_NANOS);
    private static final int BEATS_PER_MANAGEMENT = 20;
    private static final double NANOS = 1e9;
    private static final double RETRY_SHARE = 0.1;
    private static final int RETRIES_SAVED = 100;
    private static final int MAX_ATTEMPTS = 3;
    private static final long RETRY_NANOS = 1_000_000_000;

    private final FleetSettings settings;
    private final FleetProgress progress;
    private final Clients clients;
    private final long spanNanos;
    private final long patienceNanos;
    private final FleetRecorder recorder;
    private final EventLoop loop = new EventLoop(new VirtualClock(Instant.EPOCH));
    private final RetryBudget retries = new RetryBudget(RETRY_SHARE, RETRIES_SAVED);
    private final ReplicaSet replicas;
    private final Steward steward;
    private final Handover handover;

    private final Client[] asks;
    private final long[] arrivalNanos;
    private final long[] sentNanos;
    private final long[] firstNanos;
    private final int[] newTokens;
    private final long[] pendingTokens;
    private final boolean[] open;
    private final byte[] attempts;
    private final @Nullable SimulatedReplica[] at;
    private final @Nullable RoutingRequest[] sent;

    private int beats;
    private long toCome;
    private long lastNanos;
    private boolean stopped;

    FleetSimulation(Load load, FleetSettings settings, FleetProgress progress) {
        this.settings = settings;
        this.progress = progress;
        spanNanos = Math.max(1, load.span().toNanos());
        patienceNanos = settings.control().patience().toNanos();
        int blockTokens = settings.layout().blockTokens();
        clients =
                switch (load) {
                    case SessionLoad sessions ->
                            new SessionClients(sessions, blockTokens, settings.seed());
                    case TraceLoad trace -> new TraceClients(trace, blockTokens);
                };
        recorder = new FleetRecorder(load.span(), settings.roundTrip());
        replicas = new ReplicaSet(settings, recorder, this);
        steward =
                new Steward(
                        settings.control().autoscaler(),
                        settings.control().ladder(),
                        settings.control().promise().ttftP95Seconds(),
                        replicas);
        handover = new Handover(settings.topology(), replicas, loop);
        int count = clients.count();
        asks = new Client[count];
        arrivalNanos = new long[count];
        sentNanos = new long[count];
        firstNanos = new long[count];
        newTokens = new int[count];
        pendingTokens = new long[count];
        open = new boolean[count];
        attempts = new byte[count];
        at = new SimulatedReplica[count];
        sent = new RoutingRequest[count];
    }

    /// Simulates until the load is through and answered, or `progress` stops it; the report then
    /// covers what was done so far.
    public static FleetReport run(Load load, FleetSettings settings, FleetProgress progress) {
        return new FleetSimulation(load, settings, progress).run();
    }

    FleetReport run() {
        for (Control.Fault fault : settings.control().faults()) {
            loop.at(fault.at().toNanos(), nowNanos -> replicas.happen(nowNanos, fault));
        }
        for (int client = 0; client < clients.count(); client++) {
            asks[client] = new Client(client);
            schedule(client, clients.firstNanos(client));
        }
        loop.at(0, this::beat);
        loop.runUntil(Long.MAX_VALUE);
        return recorder.report(
                !stopped,
                lastNanos,
                replicas.paidNanos(lastNanos),
                replicas.imbalance(lastNanos),
                settings.dollarsPerReplicaHour());
    }

    /// Requests that the routers believe to be under way.
    long routed() {
        return replicas.routed();
    }

    private void schedule(int client, long nanos) {
        if (nanos != Clients.NEVER) {
            toCome++;
            loop.at(nanos, asks[client]);
        }
    }

    private void beat(long nowNanos) {
        replicas.advance(nowNanos);
        if (beats % BEATS_PER_MANAGEMENT == 0) {
            replicas.manage(nowNanos, steward);
        }
        if (beats++ % BEATS_PER_SCRAPE == 0) {
            replicas.scrape(nowNanos);
            steward.watch(nowNanos);
        }
        double fraction = Math.min(1, (double) nowNanos / spanNanos);
        if (!progress.reached(fraction, replicas.running(), replicas.waiting())) {
            stopped = true;
        }
        if (!stopped && (toCome > 0 || handover.copying() > 0 || replicas.anyBusy())) {
            loop.at(nowNanos + BEAT_NANOS, this::beat);
        }
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
                replicas.advance(nowNanos);
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
        int asked = clients.outputTokens[client];
        switch (steward.decide(clients.lowPriority(client), asked, nowNanos)) {
            case Ruling.Serve(int answerTokens) -> {
                recorder.shortened += answerTokens < asked ? 1 : 0;
                clients.outputTokens[client] = answerTokens;
                send(nowNanos, client, Router.NONE);
            }
            case Ruling.Shed() -> {
                recorder.shed++;
                recorder.turnedAway.add(nowNanos, 1);
                over(nowNanos, client, 0);
            }
            case Ruling.Wait(Duration retryAfter) -> {
                recorder.deferred++;
                recorder.turnedAway.add(nowNanos, 1);
                schedule(client, nowNanos + retryAfter.toNanos());
            }
            case Ruling.Fallback() -> {
                recorder.fallback++;
                recorder.turnedAway.add(nowNanos, 1);
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
        int slot = replicas.readers().choose(facts, exclude, nowNanos);
        if (slot == Router.NONE) {
            reject(nowNanos, client);
            return;
        }
        SimulatedReplica replica = replicas.at(replicas.readers(), slot);
        int answerTokens = replica.role.writes() ? facts.outputTokens() : 1;
        attempts[client]++;
        lastNanos = Math.max(lastNanos, nowNanos);
        Request request = request(client, facts, answerTokens, patienceNanos, Request.Terms.USUAL);
        switch (replica.submit(nowNanos, request)) {
            case Admission.Waiting _ -> {
                sent(nowNanos, client, facts, replica);
                pendingTokens[client] = replica.view().pendingPrefillTokens();
                steward.sent(newTokens[client]);
                handover.watch(replica);
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

    private Request request(
            int client,
            RoutingRequest facts,
            int answerTokens,
            long patience,
            Request.Terms terms) {
        return new Request(
                client, facts.promptTokens(), answerTokens, patience, 0, 0, facts.prefix(), terms);
    }

    private void sent(long nowNanos, int client, RoutingRequest facts, SimulatedReplica replica) {
        replica.router.sent(replica.slot, facts, nowNanos);
        sent[client] = facts;
        at[client] = replica;
        sentNanos[client] = nowNanos;
        newTokens[client] = replica.router.newTokens();
        recorder.log.add(nowNanos, recorder.sentKind, replica.slot, client);
    }

    private boolean mayRetry(int client) {
        boolean may = attempts[client] < MAX_ATTEMPTS && retries.tryRetry();
        recorder.retries += may ? 1 : 0;
        return may;
    }

    private void reject(long nowNanos, int client) {
        recorder.rejected++;
        recorder.turnedAway.add(loop.now(), 1);
        over(nowNanos, client, 0);
    }

    /// Nothing more is heard of a request; its client goes on.
    private void over(long nowNanos, int client, int answerTokens) {
        attempts[client] = 0;
        open[client] = false;
        sent[client] = null;
        at[client] = null;
        long next = clients.nextNanos(client, arrivalNanos[client], nowNanos, answerTokens);
        schedule(client, next);
    }

    private SimulatedReplica server(int client) {
        SimulatedReplica replica = at[client];
        if (replica == null) {
            throw new IllegalStateException("client " + client + " is answered and never asked");
        }
        return replica;
    }

    private RoutingRequest facts(int client) {
        RoutingRequest facts = sent[client];
        if (facts == null) {
            throw new IllegalStateException("client " + client + " is answered and never asked");
        }
        return facts;
    }

    @Override
    public void firstToken(long nowNanos, int client, Sequence sequence) {
        SimulatedReplica replica = server(client);
        firstNanos[client] = nowNanos;
        recorder.ttft.record(loop.now(), nowNanos - arrivalNanos[client] + recorder.roundTripNanos);
        recorder.log.add(nowNanos, recorder.firstKind, client, sequence.cachedTokens());
        replica.router.answered(replica.slot, newTokens[client]);
        if (replica.role.reads()) {
            steward.answered(pendingTokens[client], nowNanos - sentNanos[client]);
        }
    }

    /// Reading is over: the prompt's keys and values go to who writes the answer.
    @Override
    public void read(long nowNanos, int client) {
        SimulatedReplica reader = server(client);
        RoutingRequest facts = facts(client);
        reader.router.answered(reader.slot, newTokens[client]);
        reader.router.ended(reader.slot, facts, sentNanos[client], 1, 0);
        steward.answered(pendingTokens[client], nowNanos - sentNanos[client]);
        int slot = replicas.writers().choose(facts, nowNanos);
        if (slot == Router.NONE) {
            lost(nowNanos, client);
            return;
        }
        SimulatedReplica writer = replicas.at(replicas.writers(), slot);
        sent(nowNanos, client, facts, writer);
        recorder.copiedTokens += newTokens[client];
        handover.copy(nowNanos, reader, newTokens[client], nanos -> deliver(nanos, client, facts));
    }

    /// The copy is there; the prompt's last token is left to compute, for the answer to follow
    /// from.
    private void deliver(long nowNanos, int client, RoutingRequest facts) {
        replicas.advance(nowNanos);
        SimulatedReplica writer = server(client);
        Request.Terms terms = Request.Terms.USUAL.withComputed(facts.promptTokens() - 1);
        // Not 0, which would be the wish to be refused unless there is room now.
        long left = Math.max(1, patienceNanos - (nowNanos - arrivalNanos[client]));
        Request request = request(client, facts, facts.outputTokens(), left, terms);
        if (!writer.isThere()) {
            lost(nowNanos, client);
        } else if (writer.submit(nowNanos, request) instanceof Admission.Refused) {
            writer.router.answered(writer.slot, newTokens[client]);
            writer.router.withdrawn(writer.slot, facts, sentNanos[client]);
            lost(nowNanos, client);
        }
    }

    @Override
    public void finished(long nowNanos, int client, Sequence sequence) {
        SimulatedReplica replica = server(client);
        lastNanos = Math.max(lastNanos, nowNanos);
        int tokens = sequence.generated();
        double gap = tokens > 1 ? (double) (nowNanos - firstNanos[client]) / (tokens - 1) : 0;
        if (tokens > 1) {
            recorder.tpot.record(loop.now(), (long) gap);
        }
        recorder.latency.record(
                loop.now(), nowNanos - arrivalNanos[client] + recorder.roundTripNanos);
        recorder.finished++;
        long ttft = firstNanos[client] - arrivalNanos[client] + recorder.roundTripNanos;
        if (settings.control().promise().isKept(ttft / NANOS, gap / NANOS)) {
            recorder.inTime.add(loop.now(), 1);
        }
        recorder.log.add(nowNanos, recorder.finishedKind, client, tokens);
        replica.router.ended(replica.slot, facts(client), sentNanos[client], tokens, gap);
        over(nowNanos, client, tokens);
    }

    @Override
    public void gaveUp(long nowNanos, int client) {
        SimulatedReplica replica = server(client);
        replica.router.answered(replica.slot, newTokens[client]);
        replica.router.ended(replica.slot, facts(client), sentNanos[client], 0, 0);
        recorder.timedOut++;
        over(nowNanos, client, 0);
    }

    @Override
    public void lost(long nowNanos, int client) {
        recorder.log.add(nowNanos, recorder.lostKind, server(client).slot, client);
        if (mayRetry(client)) {
            schedule(client, nowNanos + RETRY_NANOS);
        } else {
            recorder.failed++;
            over(nowNanos, client, 0);
        }
    }
}
