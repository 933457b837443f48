package dev.touchstone.app.internal.llm.proxy;

import dev.touchstone.app.internal.edge.WallClock;
import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Problem;
import dev.touchstone.app.internal.llm.proxy.Upstreams.Sent;
import dev.touchstone.app.internal.llm.proxy.Wire.GivenUp;
import dev.touchstone.app.internal.llm.proxy.Wire.Talk;
import dev.touchstone.app.internal.llm.proxy.Wire.Terms;
import dev.touchstone.app.internal.llm.proxy.Wire.Verdict;
import dev.touchstone.llm.fleet.RoutingRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/// The way of a request to one of several servers, and to another when that one fails before the
/// first byte of its answer.
final class Passage {
    private static final int MOST_TRIES = 3;
    private static final int TOO_MANY_REQUESTS = 429;

    private final Upstreams upstreams;
    private final Wire wire;
    private final Relay relay;
    private final Duration patience;

    /// @param patience a stream that stands still for so long is given up
    Passage(Upstreams upstreams, Wire wire, Duration patience) {
        this.upstreams = upstreams;
        this.wire = wire;
        this.relay = new Relay(upstreams, WallClock::nanos);
        this.patience = patience;
    }

    /// Answers a request.
    ///
    /// @param call what is sent
    /// @param described by whom it is best answered
    void pass(Exchange exchange, Call call, RoutingRequest described) throws Exception {
        upstreams.came();
        String failure = "every server behind this address is gone or drained";
        Optional<Sent> next = upstreams.send(described);
        for (int attempt = 1; next.isPresent(); attempt++) {
            Sent sent = next.get();
            boolean last = attempt == MOST_TRIES;
            next = Optional.empty();
            if (!call.stream()) {
                upstreams.comesWhole(sent);
            }
            try (Talk answer = ask(exchange, sent, call)) {
                if (!last && mayBeBetterElsewhere(answer.status())) {
                    next = upstreams.sendAgain(described, sent);
                }
                if (next.isEmpty()) {
                    relay.pass(exchange, sent, answer);
                    return;
                }
                relay.over(sent, answer.status());
            } catch (RuntimeException e) {
                next.ifPresent(upstreams::withdrawn);
                upstreams.withdrawn(sent);
                throw e;
            } catch (IOException e) {
                next.ifPresent(upstreams::withdrawn);
                next = Optional.empty();
                if (e instanceof GivenUp givenUp && givenUp.verdict() == Verdict.UNWANTED) {
                    upstreams.withdrawn(sent);
                    throw exchange.breakOff("whoever asked has gone");
                }
                upstreams.failed(sent);
                failure = "%s did not answer: %s".formatted(sent.upstream().address(), reason(e));
                if (!last && !exchange.answered()) {
                    next = upstreams.sendAgain(described, sent);
                }
            }
        }
        if (exchange.answered()) {
            return;
        }
        exchange.header("Retry-After", String.valueOf(upstreams.ejection().toSeconds()));
        throw new Problem(503, "no-upstream", "Nobody can answer", failure + "; try again later");
    }

    private static boolean mayBeBetterElsewhere(int status) {
        return status == TOO_MANY_REQUESTS || status >= 500;
    }

    private Talk ask(Exchange exchange, Sent sent, Call call) throws IOException {
        long stall = patience.toNanos();
        // An answer that is not streamed may take as long as it takes.
        long first = call.stream() ? stall : Long.MAX_VALUE;
        var terms =
                new Terms(
                        first,
                        exchange::hungUp,
                        () -> upstreams.lost(sent),
                        upstreams::mayAskAgain);
        Talk answer = wire.ask(sent.upstream().address(), call, terms);
        answer.limit(stall);
        return answer;
    }

    private static String reason(IOException e) {
        return Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
    }
}
