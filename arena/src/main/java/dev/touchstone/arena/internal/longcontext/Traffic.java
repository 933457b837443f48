package dev.touchstone.arena.internal.longcontext;

import dev.touchstone.llm.PrefixHashes;
import dev.touchstone.llm.Request;
import dev.touchstone.simulation.Distribution;
import dev.touchstone.simulation.Distribution.Exponential;
import dev.touchstone.simulation.Distribution.LogNormal;
import dev.touchstone.simulation.Distribution.Uniform;
import dev.touchstone.simulation.EventLoop;
import dev.touchstone.simulation.RandomStreams;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import java.util.random.RandomGenerator;

/// The users: short chat requests at a steady rate, and from the launch on people who upload a
/// document and ask one question after another about it.
final class Traffic {
    /// Where requests go. `submit` says whether the request was taken.
    interface Service {
        boolean submit(long nowNanos, Request request, int home);

        /// Picks a replica for a document, given how many each one has.
        int home(IntUnaryOperator documentsAt);

        void closeSession(int home, long session);
    }

    /// A document that someone has open.
    private static final class Document {
        final long id;
        final int tokens;
        final boolean atLimit;
        int questionsLeft;
        int home;
        int keptTokens;

        /// Counts the times it was cut anew or moved; 0 before its first question.
        int edition;

        boolean settled;

        Document(long id, int tokens, boolean atLimit, int questions) {
            this.id = id;
            this.tokens = tokens;
            this.atLimit = atLimit;
            this.questionsLeft = questions;
        }

        long session() {
            return id * EDITIONS + edition;
        }
    }

    private static final int EDITIONS = 1_000;

    private static final int SHORTEST_ANSWER_TOKENS = 8;

    /// What a limit set in a hurry leaves for the answer; the launch forgot to.
    private static final int ANSWER_TOKENS = 148;

    /// Answers of documents that fill the context to its last token run over it.
    private static final int LEFT_AT_LIMIT_TOKENS = 40;

    /// Those who had waited for the feature come one after the other.
    private static final long LAUNCH_GAP_NANOS = 15_000_000_000L;

    /// What someone waits before asking again when a question was lost.
    private static final double SECONDS_UNTIL_RETRY = 20;

    private final EventLoop loop;
    private final Service service;
    private final Parameters parameters;
    private final Distribution shortGap;
    private final Distribution shortPrompt;
    private final Distribution shortOutput;
    private final Distribution documentGap;
    private final Distribution documentLength;
    private final Distribution question;
    private final Distribution answer;
    private final Distribution pause;
    private final RandomGenerator shortArrivals;
    private final RandomGenerator shortLengths;
    private final RandomGenerator documentArrivals;
    private final RandomGenerator documentLengths;
    private final RandomGenerator documentPauses;
    private final Map<Long, Document> open = new TreeMap<>();
    private Settings settings;
    private long requests;
    private long documents;

    Traffic(
            EventLoop loop,
            RandomStreams random,
            Service service,
            Parameters parameters,
            Settings settings) {
        this.loop = loop;
        this.service = service;
        this.parameters = parameters;
        this.settings = settings;
        double gpus = parameters.get("gpus");
        shortGap = new Exponential(1 / (gpus * parameters.get("shortPerSecond")));
        shortPrompt =
                new Uniform(parameters.get("shortPromptLow"), parameters.get("shortPromptHigh"));
        shortOutput =
                LogNormal.ofMean(
                        parameters.get("shortOutputMean"), parameters.get("shortOutputSigma"));
        documentGap = new Exponential(1 / (gpus * parameters.get("documentsPerSecond")));
        documentLength = new Uniform(parameters.get("documentLow"), parameters.get("documentHigh"));
        question = new Uniform(parameters.get("questionLow"), parameters.get("questionHigh"));
        answer = LogNormal.ofMean(parameters.get("answerMean"), parameters.get("answerSigma"));
        pause = new Exponential(parameters.get("secondsBetweenQuestions"));
        shortArrivals = random.stream("short-arrivals");
        shortLengths = random.stream("short-lengths");
        documentArrivals = random.stream("document-arrivals");
        documentLengths = random.stream("document-lengths");
        documentPauses = random.stream("document-pauses");
    }

    void start() {
        loop.at(next(0, shortGap, shortArrivals), this::shortRequest);
    }

    /// Longer prompts are allowed from now on.
    void allowDocuments(long nowNanos) {
        int waiting = (int) (parameters.get("gpus") * parameters.get("documentsAtLaunch"));
        for (int i = 1; i <= waiting; i++) {
            loop.at(nowNanos + i * LAUNCH_GAP_NANOS, this::openDocument);
        }
        loop.at(next(nowNanos, documentGap, documentArrivals), this::documentArrives);
    }

    void reconfigure(Settings changed) {
        boolean recut = changed.contextCapTokens() != settings.contextCapTokens();
        settings = changed;
        if (recut) {
            open.values().forEach(this::unsettle);
        }
    }

    /// A replica lost what it kept: its documents look for another home.
    void lostHome(int home) {
        open.values().stream().filter(document -> document.home == home).forEach(this::unsettle);
    }

    boolean cutShort(Request request) {
        return settings.outputShare() < 1 && request.outputTokens() > SHORTEST_ANSWER_TOKENS;
    }

    /// Share of the document that the question could use.
    double documentShare(Request request) {
        Document document = open.get(request.session() / EDITIONS);
        return document == null
                ? 1
                : Math.min(1, (double) request.sessionTokens() / document.tokens);
    }

    void answered(long nowNanos, Request request) {
        Document document = open.get(request.session() / EDITIONS);
        if (document == null) {
            return;
        }
        if (--document.questionsLeft > 0) {
            loop.at(after(nowNanos, pause, documentPauses), now -> ask(now, document));
        } else {
            loop.at(nowNanos + parameters.nanos("secondsOpenAfterLast"), _ -> close(document));
        }
    }

    /// A question was lost with its engine; the person tries again.
    void retry(long nowNanos, Request request) {
        Document document = open.get(request.session() / EDITIONS);
        if (document != null) {
            loop.at(
                    after(nowNanos, new Exponential(SECONDS_UNTIL_RETRY), documentPauses),
                    now -> ask(now, document));
        }
    }

    /// A question was refused or waited too long; the person leaves.
    void gaveUp(Request request) {
        Document document = open.get(request.session() / EDITIONS);
        if (document != null) {
            close(document);
        }
    }

    private void shortRequest(long nowNanos) {
        int prompt = (int) shortPrompt.sample(shortLengths);
        int wanted = (int) (shortOutput.sample(shortLengths) * settings.outputShare());
        int output = clamp(wanted, Settings.OLD_CONTEXT_TOKENS - prompt);
        service.submit(
                nowNanos, new Request(++requests, prompt, output, 0, 0, 0, PrefixHashes.NONE), -1);
        loop.at(next(nowNanos, shortGap, shortArrivals), this::shortRequest);
    }

    private void openDocument(long nowNanos) {
        int tokens = (int) documentLength.sample(documentLengths);
        boolean atLimit = documentLengths.nextDouble() < parameters.get("documentsAtLimit");
        int questions =
                (int)
                        Math.ceil(
                                parameters.get("questionsPerDocument")
                                        * (0.5 + documentLengths.nextDouble()));
        Document document = new Document(++documents, tokens, atLimit, questions);
        open.put(document.id, document);
        ask(nowNanos, document);
    }

    private void documentArrives(long nowNanos) {
        openDocument(nowNanos);
        loop.at(next(nowNanos, documentGap, documentArrivals), this::documentArrives);
    }

    private void ask(long nowNanos, Document document) {
        int words = (int) question.sample(documentLengths);
        int output =
                clamp(
                        (int) (answer.sample(documentLengths) * settings.outputShare()),
                        Settings.OLD_CONTEXT_TOKENS);
        if (!document.settled) {
            document.edition++;
            document.home = service.home(this::documentsAt);
            document.settled = true;
            document.keptTokens =
                    Math.clamp(
                            settings.contextCapTokens() - words - ANSWER_TOKENS,
                            0,
                            document.tokens);
        }
        int kept = document.keptTokens;
        boolean untouched = kept == document.tokens;
        int prompt =
                document.atLimit && untouched
                        ? Settings.NEW_CONTEXT_TOKENS - LEFT_AT_LIMIT_TOKENS
                        : kept + words;
        long session = document.session();
        Request request =
                new Request(
                        ++requests,
                        prompt,
                        output,
                        parameters.nanos("documentPatienceSeconds"),
                        session,
                        Math.min(kept, prompt - 1),
                        index -> RandomStreams.mix(session << 20 | index));
        if (!service.submit(nowNanos, request, document.home)) {
            close(document);
        }
    }

    private int documentsAt(int home) {
        int count = 0;
        for (Document document : open.values()) {
            count += document.settled && document.home == home ? 1 : 0;
        }
        return count;
    }

    private void close(Document document) {
        open.remove(document.id);
        service.closeSession(document.home, document.session());
    }

    /// Its next question starts over: at a new home, cut to the limit of that time.
    private void unsettle(Document document) {
        service.closeSession(document.home, document.session());
        document.settled = false;
    }

    private static int clamp(int tokens, int most) {
        return Math.clamp(tokens, SHORTEST_ANSWER_TOKENS, most);
    }

    /// The next arrival, at the share of traffic that is left for these GPUs.
    private long next(long nowNanos, Distribution gap, RandomGenerator random) {
        return nowNanos + 1 + (long) (gap.sample(random) * 1e9 / settings.trafficShare());
    }

    private static long after(long nowNanos, Distribution gap, RandomGenerator random) {
        return nowNanos + 1 + (long) (gap.sample(random) * 1e9);
    }
}
