package dev.touchstone.llm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A scheduler over 16-token blocks, stepped by hand, that keeps a diary. A step takes one
/// nanosecond, so step `n` ends at `n` ns unless time is moved.
final class TestEngine implements EngineObserver {
    final KvBlockPool pool;
    final Scheduler scheduler;

    /// What happened since it was last read: `2 preempted`.
    private final List<String> diary = new ArrayList<>();

    long nowNanos;

    /// The step that was decided last.
    private Step planned;

    TestEngine(int blocks, Policy policy) {
        pool = new KvBlockPool(new KvCacheLayout(16, blocks));
        scheduler = new Scheduler(pool, policy.config(), this);
        planned = scheduler.plan(0);
    }

    Admission submit(Request request) {
        return scheduler.submit(nowNanos, request);
    }

    /// A patient request that shares nothing.
    Admission submit(long id, int promptTokens, int outputTokens) {
        return submit(Request.of(id, promptTokens, outputTokens));
    }

    /// A request whose prompt consists of these tokens.
    Admission submit(long id, int outputTokens, int[] prompt) {
        return submit(request(id, prompt.length, outputTokens, Prompts.hashes(16, prompt)));
    }

    static Request request(long id, int promptTokens, int outputTokens, PrefixHashes prefix) {
        return new Request(id, promptTokens, outputTokens, Request.PATIENT, 0, 0, prefix);
    }

    /// Who takes part in a step with how many tokens: `1:400 2:24`.
    private static String text(Step step) {
        String plan =
                IntStream.range(0, step.size())
                        .mapToObj(i -> step.sequence(i).request().id() + ":" + step.tokens(i))
                        .collect(Collectors.joining(" "));
        return step.outOfMemory() ? (plan + " out of memory").strip() : plan;
    }

    /// Decides a step and carries it out. Returns who took part with how many tokens: `1:400 2:24`.
    String step() {
        return step(_ -> {});
    }

    /// Like [#step], with what an executor says in between.
    String step(Consumer<Step> executor) {
        String plan = plan();
        executor.accept(planned);
        complete();
        return plan;
    }

    /// Decides a step. Returns who takes part with how many tokens.
    String plan() {
        planned = scheduler.plan(nowNanos);
        return text(planned);
    }

    /// Ends the step that was decided last.
    void complete() {
        nowNanos++;
        scheduler.complete(nowNanos, planned);
    }

    void steps(int count) {
        for (int i = 0; i < count; i++) {
            step();
        }
    }

    /// Steps until there is nothing to do.
    void finish() {
        for (int i = 0; i < 10_000; i++) {
            if (step().isEmpty()) {
                return;
            }
        }
        throw new AssertionError("still busy after 10,000 steps: " + diary());
    }

    /// What happened since the last call.
    List<String> diary() {
        List<String> events = List.copyOf(diary);
        diary.clear();
        return events;
    }

    List<Long> running() {
        return IntStream.range(0, scheduler.running())
                .mapToObj(i -> scheduler.running(i).request().id())
                .toList();
    }

    List<Long> waiting() {
        return IntStream.range(0, scheduler.waiting())
                .mapToObj(i -> scheduler.waiting(i).request().id())
                .toList();
    }

    /// A running sequence by its id.
    Sequence sequence(long id) {
        return scheduler.running(running().indexOf(id));
    }

    /// The blocks of a running sequence.
    List<Integer> blocks(long id) {
        Sequence sequence = sequence(id);
        return Arrays.stream(sequence.blocks, 0, sequence.blockCount).boxed().toList();
    }

    @Override
    public void gaveUp(long nowNanos, Sequence sequence) {
        note(sequence, "gave up");
    }

    @Override
    public void expired(long nowNanos, Sequence sequence) {
        note(sequence, "expired");
    }

    @Override
    public void admitted(long nowNanos, Sequence sequence) {
        note(sequence, "admitted");
    }

    @Override
    public void preempted(long nowNanos, Sequence sequence) {
        note(sequence, "preempted");
    }

    @Override
    public void firstToken(long nowNanos, Sequence sequence, long nanos) {
        note(sequence, "first token after " + nanos);
    }

    @Override
    public void finished(long nowNanos, Sequence sequence) {
        note(sequence, "finished with " + sequence.generated());
    }

    @Override
    public void lost(long nowNanos, Sequence sequence) {
        note(sequence, "lost");
    }

    private void note(Sequence sequence, String event) {
        diary.add(sequence.request().id() + " " + event);
    }
}
