package dev.touchstone.app.internal.llm;

import dev.touchstone.app.internal.edge.Entropy;
import dev.touchstone.app.internal.http.Endpoint;
import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.llm.Answer.Event;
import dev.touchstone.app.internal.llm.AnswerWriter.Usage;
import dev.touchstone.app.internal.llm.AnswerWriter.Whole;
import dev.touchstone.app.internal.llm.Question.Account;
import dev.touchstone.llm.Ledger;
import dev.touchstone.llm.text.Generation.Drawn;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// OpenAI's chat API over our engine.
public final class OpenAiEndpoints {
    /// Prompts of a million tokens have a few bytes each.
    private static final int MAX_BODY_BYTES = 8 * 1024 * 1024;

    /// How long it takes at most to notice that a client has gone while nothing is sent to it.
    private static final Duration LOOK_UP = Duration.ofMillis(100);

    private static final int ID_BYTES = 12;
    private static final double NANOS_PER_SECOND = 1e9;

    private final ModelHost host;
    private final InstantSource clock;
    private final Entropy entropy;
    private final Closing closing;
    private final long started;

    /// @param closing waits for what is under way
    public OpenAiEndpoints(ModelHost host, Closing closing, InstantSource clock, Entropy entropy) {
        this.host = host;
        this.closing = closing;
        this.clock = clock;
        this.entropy = entropy;
        this.started = clock.instant().getEpochSecond();
    }

    public List<Route> routes() {
        return List.of(
                Route.post("/v1/chat/completions", told(exchange -> complete(exchange, true))),
                Route.post("/v1/completions", told(exchange -> complete(exchange, false))),
                Route.get("/v1/usage", told(this::usage)),
                Route.get("/v1/models", told(this::models)),
                Route.get("/v1/models/{model}", told(this::model)));
    }

    /// A model in a list.
    record ModelView(String id, String object, long created, String owned_by, int max_model_len) {}

    record ModelList(String object, List<ModelView> data) {}

    /// What one key or session used.
    ///
    /// @param prompt_tokens and `completion_tokens` as clients are told in `usage`: a prompt counts
    ///   once for all choices of a request, whether or not it was in the cache
    /// @param context_token_seconds its tokens of context times the seconds they were held
    /// @param accelerator_seconds its share of the time the machine worked
    record UsageLine(
            String name,
            long prompt_tokens,
            long completion_tokens,
            double context_token_seconds,
            double accelerator_seconds,
            double dollars) {
        static UsageLine of(String name, Ledger.Usage usage) {
            return new UsageLine(
                    name,
                    usage.promptTokens(),
                    usage.answerTokens(),
                    usage.contextTokenSeconds(),
                    usage.acceleratorNanos() / NANOS_PER_SECOND,
                    usage.dollars());
        }
    }

    record UsageView(double accelerator_seconds, List<UsageLine> keys, List<UsageLine> sessions) {}

    /// Tells errors as OpenAI's clients expect them.
    private static Endpoint told(Endpoint endpoint) {
        return exchange -> {
            try {
                endpoint.handle(exchange);
            } catch (ApiError e) {
                e.send(exchange);
            }
        };
    }

    private LiveEngine engine() {
        try {
            return host.engine();
        } catch (IOException e) {
            throw ApiError.failed(503, String.valueOf(e.getMessage()));
        }
    }

    private void models(Exchange exchange) {
        exchange.sendJson(200, new ModelList("list", List.of(view(engine()))));
    }

    private void model(Exchange exchange) {
        ModelView view = view(engine());
        if (!exchange.path("model").equals(view.id())) {
            throw ApiError.noSuchModel(exchange.path("model"), view.id());
        }
        exchange.sendJson(200, view);
    }

    private void usage(Exchange exchange) {
        LiveEngine engine = engine();
        Map<Account, Ledger.Usage> usage = engine.usage();
        Optional<String> one = exchange.query("session");
        var keys = new LinkedHashMap<String, Ledger.Usage>();
        var sessions = new LinkedHashMap<String, Ledger.Usage>();
        usage.forEach((account, used) -> {
            if (!exchange.caller().isEmpty() && !exchange.caller().equals(account.key())) {
                return; // What others do is nobody's business.
            }
            if (one.filter(session -> !session.equals(account.session())).isPresent()) {
                return;
            }
            keys.merge(account.key(), used, Ledger.Usage::plus);
            sessions.merge(account.session(), used, Ledger.Usage::plus);
        });
        exchange.sendJson(
                200,
                new UsageView(
                        engine.workedNanos() / NANOS_PER_SECOND, lines(keys), lines(sessions)));
    }

    private static List<UsageLine> lines(Map<String, Ledger.Usage> usage) {
        return usage.entrySet().stream()
                .map(entry -> UsageLine.of(entry.getKey(), entry.getValue()))
                .toList();
    }

    private ModelView view(LiveEngine engine) {
        return new ModelView(
                engine.model().spec().name(), "model", started, "touchstone", engine.longest());
    }

    private void complete(Exchange exchange, boolean chat) throws Exception {
        closing.began(exchange);
        try {
            answer(exchange, chat);
        } finally {
            closing.ended();
        }
    }

    private void answer(Exchange exchange, boolean chat) throws Exception {
        LiveEngine engine = engine();
        var account = new Account(exchange.caller(), exchange.header("X-Session-Id").orElse(""));
        var terms = new Wish.Terms(engine.model(), engine.longest(), entropy::seed, account);
        byte[] body = exchange.body(MAX_BODY_BYTES);
        Wish wish = chat ? Wish.chat(body, terms) : Wish.completion(body, terms);
        Answer answer = engine.ask(wish.question());
        boolean heard = false;
        try {
            var hearing = new Hearing(exchange, answer);
            Event first = hearing.next();
            if (first instanceof Answer.Accepted) {
                var writer =
                        new AnswerWriter(
                                wish,
                                entropy.hex(ID_BYTES),
                                clock.instant().getEpochSecond(),
                                engine.model().spec().name(),
                                engine.model().tokenizer());
                if (wish.stream()) {
                    stream(exchange, hearing, wish, writer);
                } else {
                    whole(exchange, hearing, wish, writer);
                }
            } else {
                throw refusal(first);
            }
            heard = true;
        } catch (HungUp | UncheckedIOException | IOException _) {
            throw exchange.breakOff("the client has gone");
        } finally {
            if (!heard) {
                engine.withdraw(answer);
            }
        }
    }

    /// Nobody waits for the answer any more.
    private static final class HungUp extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /// Listens to an answer, and now and then whether its client does.
    private final class Hearing {
        private final Exchange exchange;
        private final Answer answer;
        private Instant lookUp = clock.instant().plus(LOOK_UP);

        Hearing(Exchange exchange, Answer answer) {
            this.exchange = exchange;
            this.answer = answer;
        }

        /// The next event, however long it takes.
        Event next() throws HungUp, InterruptedException {
            while (true) {
                Optional<Event> event = answer.next(LOOK_UP);
                Instant now = clock.instant();
                if (event.isEmpty() || now.isAfter(lookUp)) {
                    lookUp = now.plus(LOOK_UP);
                    if (exchange.hungUp()) {
                        throw new HungUp();
                    }
                }
                if (event.isPresent()) {
                    return event.get();
                }
            }
        }
    }

    private static ApiError refusal(Event event) {
        return switch (event) {
            case Answer.Refused(_, String reason, long retry) when retry == 0 ->
                    ApiError.tooLong("max_completion_tokens", reason);
            case Answer.Refused(_, String reason, long retry) -> ApiError.busy(reason, retry);
            case Answer.Failed(String reason) -> ApiError.failed(500, reason);
            case Answer.Expired _ -> ApiError.late();
            case Answer.Accepted _, Answer.Text _, Answer.Finished _ ->
                    throw new IllegalStateException("not a refusal: " + event);
        };
    }

    private void whole(Exchange exchange, Hearing hearing, Wish wish, AnswerWriter writer)
            throws HungUp, InterruptedException {
        int choices = wish.question().choices();
        var parts = new ArrayList<Part>();
        for (int i = 0; i < choices; i++) {
            parts.add(new Part());
        }
        var count = new Count(wish.question());
        while (count.open > 0) {
            Event event = hearing.next();
            switch (event) {
                case Answer.Text text -> {
                    parts.get(text.choice()).text.append(text.text());
                    parts.get(text.choice()).reports.addAll(text.tokens());
                }
                case Answer.Finished finished -> {
                    parts.get(finished.choice()).finish = finished.finish();
                    count.add(finished);
                }
                case Answer.Accepted _ -> {}
                case Answer.Failed _, Answer.Expired _ -> throw refusal(event);
                case Answer.Refused refused -> throw refusal(refused);
            }
        }
        writer.whole(parts.stream().map(Part::whole).toList(), count.usage());
        exchange.send(200, "application/json", writer.take());
    }

    private void stream(Exchange exchange, Hearing hearing, Wish wish, AnswerWriter writer)
            throws HungUp, InterruptedException, IOException {
        Event event = hearing.next();
        if (event instanceof Answer.Failed || event instanceof Answer.Expired) {
            throw refusal(event); // Nothing is sent yet, so the status can still say it.
        }
        var count = new Count(wish.question());
        OutputStream to = exchange.open(200, "text/event-stream");
        for (int i = 0; i < count.open; i++) {
            writer.opening(i);
        }
        while (true) {
            switch (event) {
                case Answer.Text text -> writer.more(text);
                case Answer.Finished finished -> {
                    writer.finished(finished);
                    count.add(finished);
                }
                case Answer.Failed _, Answer.Expired _ -> {
                    writer.broken(Json.text(refusal(event).body()));
                    to.write(writer.take());
                    to.flush();
                    // Some clients take the end of a stream for the end of the answer.
                    throw exchange.breakOff("the answer broke off");
                }
                case Answer.Accepted _, Answer.Refused _ ->
                        throw new IllegalStateException("out of order: " + event);
            }
            if (count.open == 0) {
                break;
            }
            Optional<Event> next = hearing.answer.next();
            if (next.isEmpty()) {
                to.write(writer.take());
                to.flush();
            }
            event = next.isPresent() ? next.get() : hearing.next();
        }
        if (wish.usage()) {
            writer.usage(count.usage());
        }
        writer.done();
        to.write(writer.take());
        to.close();
    }

    /// A choice as it grows.
    private static final class Part {
        private final StringBuilder text = new StringBuilder();
        private final List<Drawn> reports = new ArrayList<>();
        private Answer.Finish finish = Answer.Finish.LENGTH;

        Whole whole() {
            return new Whole(text.toString(), reports, finish);
        }
    }

    /// What an answer took, and how many of its choices are not over yet.
    private static final class Count {
        private final int promptTokens;
        private int open;
        private int answerTokens;
        private int cachedTokens;

        Count(Question question) {
            promptTokens = question.prompt().length;
            open = question.choices();
        }

        void add(Answer.Finished finished) {
            open--;
            answerTokens += finished.answerTokens();
            if (finished.choice() == 0) {
                cachedTokens = finished.cachedTokens();
            }
        }

        Usage usage() {
            return new Usage(promptTokens, answerTokens, cachedTokens);
        }
    }
}
