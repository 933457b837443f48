package dev.touchstone.app.internal.llm;

import dev.touchstone.app.internal.edge.Worker;
import dev.touchstone.app.internal.llm.Question.Account;
import dev.touchstone.app.internal.llm.ServingMetrics.Ending;
import dev.touchstone.llm.Admission;
import dev.touchstone.llm.EngineObserver;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.Ledger;
import dev.touchstone.llm.LlmEngine;
import dev.touchstone.llm.PrefixHasher;
import dev.touchstone.llm.Request;
import dev.touchstone.llm.SchedulerConfig;
import dev.touchstone.llm.Sequence;
import dev.touchstone.llm.Step;
import dev.touchstone.llm.Watchdog;
import dev.touchstone.llm.text.Generation;
import dev.touchstone.llm.text.LanguageModel;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// An engine that answers questions as they come. One thread owns engine, model and cache; between
/// two steps it takes what others want of it, after each it passes tokens on.
///
/// A step that fails ends the answers that were in it with a failure; the others go on.
public final class LiveEngine implements AutoCloseable {
    private static final Logger LOG = System.getLogger(LiveEngine.class.getName());

    /// Sessions whose use is told apart.
    private static final int MAX_ACCOUNTS = 10_000;

    /// How often it looks again while requests wait and none can run.
    private static final long LOOK_MILLIS = 20;

    /// Nothing keeps memory for so long here while requests wait.
    private static final Duration STALL_PATIENCE = Duration.ofSeconds(10);

    /// No step of any model takes so long, however slow the processor.
    private static final long LONGEST_STEP_NANOS = Duration.ofMinutes(2).toNanos();

    private static final long BETWEEN_STEPS = Long.MIN_VALUE;

    private final LanguageModel model;
    private final PrefixHasher hasher;
    private final LongSupplier nanos;
    private final ServingMetrics metrics = new ServingMetrics();
    private final LlmEngine engine;
    private final Ledger<Account> ledger;
    private final LinkedBlockingQueue<Command> inbox = new LinkedBlockingQueue<>();
    private final Map<Long, Choice> choices = new HashMap<>();
    private final List<Choice> stopped = new ArrayList<>();
    private final DrainEstimate drain = new DrainEstimate();
    private final Watchdog watchdog = new Watchdog(STALL_PATIENCE);
    private final Worker worker;
    private long nextId = 1;

    /// Why the last step failed; empty when it did not.
    private String failed = "";

    private boolean open = true;
    private volatile Load load;
    private volatile boolean dead;
    private volatile Optional<String> stall = Optional.empty();
    private volatile long stepBeganNanos = BETWEEN_STEPS;

    /// What others want of the engine's thread.
    private sealed interface Command {}

    private record Ask(Question question, Answer answer) implements Command {}

    private record Withdraw(Answer answer) implements Command {}

    private record Close() implements Command {}

    /// What it takes to run a model.
    ///
    /// @param layout its cache
    /// @param hasher whose key others do not know, so that nobody can make two prompts look equal
    /// @param nanos a clock that never goes backwards
    /// @param dollarsPerHour what the machine costs; 0 if nobody asks
    public record Setup(
            LanguageModel model,
            KvCacheLayout layout,
            SchedulerConfig config,
            PrefixHasher hasher,
            LongSupplier nanos,
            double dollarsPerHour) {}

    /// How busy it is.
    ///
    /// @param running sequences in the batch
    /// @param waiting sequences in the queue
    /// @param usedBlocks cache blocks that sequences hold
    public record Load(int running, int waiting, int usedBlocks, int blocks) {}

    /// Starts its thread.
    public LiveEngine(Setup setup) {
        this.model = setup.model();
        this.hasher = setup.hasher();
        this.nanos = setup.nanos();
        this.ledger = new Ledger<>(MAX_ACCOUNTS, Account::ofItsKey, setup.dollarsPerHour());
        this.engine =
                new LlmEngine(
                        setup.layout(),
                        setup.config(),
                        model.executor(setup.layout(), this::generation),
                        new Listener());
        this.load = look();
        this.worker = Worker.start("llm-engine", this::run);
    }

    public LanguageModel model() {
        return model;
    }

    public Load load() {
        return load;
    }

    /// Whether it has ended, by a bug or because it was closed.
    public boolean dead() {
        return dead;
    }

    /// What keeps it from answering although it lives: a step that does not end, or requests that
    /// wait beside free memory and are not scheduled. Empty as long as all is well.
    public Optional<String> stall() {
        long began = stepBeganNanos;
        long taken = began == BETWEEN_STEPS ? 0 : nanos.getAsLong() - began;
        return taken < LONGEST_STEP_NANOS
                ? stall
                : Optional.of(
                        "a step has taken %d s and not ended; restart the server"
                                .formatted(TimeUnit.NANOSECONDS.toSeconds(taken)));
    }

    /// What it counts, as Prometheus text.
    public String metrics() {
        int blockTokens = engine.pool().layout().blockTokens();
        return metrics.text(model.spec().name(), blockTokens, load)
                + "# TYPE touchstone_engine_stalled gauge\ntouchstone_engine_stalled %d\n"
                        .formatted(stall().isPresent() ? 1 : 0);
    }

    /// Most tokens that a prompt and its answer can have together.
    public int longest() {
        KvCacheLayout layout = engine.pool().layout();
        return Math.min(model.contextTokens(), layout.blockCount() * layout.blockTokens());
    }

    /// Asks; what comes of it is heard from the answer. Whoever stops listening calls [#withdraw].
    Answer ask(Question question) {
        var answer = new Answer();
        inbox.add(new Ask(question, answer));
        if (dead) {
            failInbox();
        }
        return answer;
    }

    /// Nobody wants this answer any more: its memory is free before the next step.
    void withdraw(Answer answer) {
        inbox.add(new Withdraw(answer));
    }

    @Override
    public void close() {
        inbox.add(new Close());
        worker.await();
    }

    private void run() {
        try {
            boolean busy = false;
            while (open) {
                Command command = busy ? inbox.poll() : waitForCommand();
                while (command != null) {
                    obey(command);
                    command = inbox.poll();
                }
                busy = step();
                watch();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "the engine's thread ended", e);
        } finally {
            dead = true;
            failAll("the server is stopping or its engine has ended");
            failInbox();
        }
    }

    private @Nullable Command waitForCommand() throws InterruptedException {
        return engine.scheduler().waiting() > 0
                ? inbox.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS)
                : inbox.take();
    }

    private void obey(Command command) {
        switch (command) {
            case Ask(Question question, Answer answer) -> submit(question, answer);
            case Withdraw(Answer answer) -> cancel(answer);
            case Close() -> open = false;
        }
        load = look();
    }

    private void submit(Question question, Answer answer) {
        long now = nanos.getAsLong();
        for (int i = 0; i < question.choices(); i++) {
            var choice = new Choice(nextId++, i, question, answer, model.tokenizer());
            choices.put(choice.id(), choice);
            var request =
                    new Request(
                            choice.id(),
                            question.prompt().length,
                            question.maxTokens(),
                            Request.PATIENT,
                            0,
                            0,
                            hasher.follow(
                                    salt(question.account()),
                                    choice.generation()::token,
                                    choice.generation()::length),
                            question.terms());
            if (engine.scheduler().submit(now, request)
                    instanceof Admission.Refused(Admission.Cause cause, String reason)) {
                choices.remove(choice.id());
                cancel(answer);
                boolean never = cause == Admission.Cause.NEVER_FITS;
                answer.tell(
                        new Answer.Refused(cause, reason, never ? 0 : drain.comeBackNanos(now)));
                return;
            }
        }
        answer.tell(new Answer.Accepted());
    }

    /// Keeps the holders of one key from finding out, by how fast they are answered, what those of
    /// another have asked.
    private static long salt(Account account) {
        return account.key().isEmpty() ? PrefixHasher.NO_SALT : account.key().hashCode();
    }

    private void cancel(Answer answer) {
        for (Choice choice : List.copyOf(choices.values())) {
            if (choice.answer().equals(answer)) {
                engine.scheduler().cancel(choice.id());
                choices.remove(choice.id());
                metrics.ended(choice, Ending.ABORT, nanos.getAsLong());
            }
        }
    }

    /// Does one step, if there is anything to do.
    private boolean step() {
        long began = nanos.getAsLong();
        stepBeganNanos = began;
        try {
            if (engine.begin(began) == LlmEngine.IDLE) {
                return false;
            }
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "a step failed", e);
            recover();
            load = look();
            return true;
        } finally {
            stepBeganNanos = BETWEEN_STEPS;
        }
        failed = "";
        long ended = nanos.getAsLong();
        book(engine.step(), ended - began);
        metrics.stepped(engine.step());
        engine.end(ended);
        for (Choice choice : stopped) {
            if (choices.containsKey(choice.id())) {
                finish(choice);
                engine.scheduler().cancel(choice.id());
            }
        }
        stopped.clear();
        load = look();
        return true;
    }

    private void watch() {
        Optional<String> now = watchdog.check(nanos.getAsLong(), engine);
        if (now.isPresent() && stall.isEmpty()) {
            LOG.log(Level.ERROR, "the engine is stalled: {0}", now.get());
        }
        stall = now;
    }

    /// Loses the answers that were in the failed step, and all others, too, when the next one fails
    /// as well: then it is not for the sake of one of them. Its time is booked on nobody.
    private void recover() {
        boolean again = !failed.isEmpty();
        failed = "a step of the engine failed; ask again";
        if (again) {
            engine.crash(nanos.getAsLong());
        } else {
            engine.recover(nanos.getAsLong(), 0);
        }
    }

    /// Shares the step's time among those in it.
    private void book(Step step, long nanosTaken) {
        synchronized (ledger) {
            for (int i = 0; i < step.size(); i++) {
                Sequence sequence = step.sequence(i);
                int context = sequence.computed() + step.tokens(i);
                Choice choice = choice(sequence.request().id());
                ledger.take(
                        choice.question().account(),
                        context,
                        choice.promptTokensToCount(),
                        step.yields(i) ? 1 + step.accepted(i) : 0);
            }
            ledger.close(nanosTaken);
        }
    }

    /// Who used how much of it.
    Map<Account, Ledger.Usage> usage() {
        synchronized (ledger) {
            return ledger.usage();
        }
    }

    /// How long it worked, all steps together.
    long workedNanos() {
        synchronized (ledger) {
            return ledger.workedNanos();
        }
    }

    private Load look() {
        int blocks = engine.pool().layout().blockCount();
        return new Load(
                engine.scheduler().running(),
                engine.scheduler().waiting(),
                blocks - engine.pool().freeBlocks(),
                blocks);
    }

    private Generation generation(long id) {
        return choice(id).generation();
    }

    private Choice choice(long id) {
        return Objects.requireNonNull(choices.get(id), "a request that nobody made");
    }

    private void finish(Choice choice) {
        Answer.Finish why = choice.tellEnd();
        choices.remove(choice.id());
        Ending how = why == Answer.Finish.STOP ? Ending.STOP : Ending.LENGTH;
        metrics.ended(choice, how, nanos.getAsLong());
    }

    private void failAll(String reason) {
        for (Choice choice : List.copyOf(choices.values())) {
            choice.answer().tell(new Answer.Failed(reason));
            metrics.ended(choice, Ending.ERROR, nanos.getAsLong());
        }
        choices.clear();
    }

    private void failInbox() {
        for (Command command = inbox.poll(); command != null; command = inbox.poll()) {
            if (command instanceof Ask(_, Answer answer)) {
                answer.tell(new Answer.Failed("the server is stopping or its engine has ended"));
            }
        }
    }

    /// Passes on what the engine does. It must not call back into it, so answers that reached a
    /// stop text are withdrawn after the step.
    private final class Listener implements EngineObserver {
        @Override
        public void admitted(long nowNanos, Sequence sequence) {
            int limit = engine.scheduler().config().batching().maxWaiting();
            drain.freed(nowNanos, engine.scheduler().waiting() + 1 >= limit);
            Choice choice = choice(sequence.request().id());
            choice.admitted(nowNanos, sequence);
            metrics.admitted(sequence);
        }

        @Override
        public void preempted(long nowNanos, Sequence sequence) {
            metrics.preempted();
        }

        @Override
        public void firstToken(long nowNanos, Sequence sequence, long nanos) {
            Choice choice = choice(sequence.request().id());
            choice.firstTokenNanos = nowNanos;
            metrics.firstToken(nanos);
            pass(choice);
        }

        @Override
        public void nextToken(long nowNanos, Sequence sequence, long nanos) {
            metrics.nextToken(nanos);
            pass(choice(sequence.request().id()));
        }

        @Override
        public void finished(long nowNanos, Sequence sequence) {
            finish(choice(sequence.request().id()));
        }

        @Override
        public void lost(long nowNanos, Sequence sequence) {
            end(sequence, new Answer.Failed(failed), Ending.ERROR, nowNanos);
        }

        @Override
        public void expired(long nowNanos, Sequence sequence) {
            end(sequence, new Answer.Expired(), Ending.ABORT, nowNanos);
        }

        private void end(Sequence sequence, Answer.Event how, Ending ending, long nowNanos) {
            Choice choice = choice(sequence.request().id());
            choices.remove(choice.id());
            choice.answer().tell(how);
            metrics.ended(choice, ending, nowNanos);
        }

        private void pass(Choice choice) {
            choice.tellNewTokens();
            if (choice.stopped()) {
                stopped.add(choice);
            }
        }
    }
}
