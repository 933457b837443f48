package dev.touchstone.llm.cpu;

import dev.touchstone.llm.Executor;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.Sequence;
import dev.touchstone.llm.Step;
import dev.touchstone.llm.speculation.DraftProposer;
import dev.touchstone.llm.text.Generation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;

/// Carries out steps with a real model: pushes the tokens that a step asks for through it and draws
/// the next ones.
///
/// Drafts are pushed through behind the token that they follow. As long as the token that is drawn
/// is the next draft, the logits after that draft are those the model would have had without
/// speculation, so another token is drawn from them. Since the random number of a token depends on
/// its place alone, the answer is the same, token by token, whatever the drafts.
final class CpuExecutor implements Executor {
    private final CpuModel model;
    private final LongFunction<Generation> generations;
    private final Transformer transformer;
    private final DraftProposer proposer;

    /// Drawn in this step. Generations hear of it at its end: a step that fails leaves no trace.
    private final List<Draw> draws = new ArrayList<>();

    private int[] tokens = new int[64];
    private int[] positions = new int[64];
    private int[] owners = new int[64];
    private boolean[] wanted = new boolean[64];

    /// Tokens drawn for each sequence of the step, and whether no more of its drafts count.
    private int[] drawn = new int[64];

    private boolean[] settled = new boolean[64];

    private record Draw(int index, Generation generation, Generation.Drawn token) {}

    CpuExecutor(CpuModel model, KvCacheLayout layout, LongFunction<Generation> generations) {
        this.model = model;
        this.generations = generations;
        this.transformer = new Transformer(model, layout);
        this.proposer = model.drafting().proposer(layout);
    }

    /// Runs the step and returns zero: whoever owns the clock knows how long that took.
    @Override
    public long execute(Step step) {
        begin(step);
        int rows = gather(step);
        for (int from = 0; from < rows; from += Transformer.MOST_TOKENS) {
            int count = Math.min(Transformer.MOST_TOKENS, rows - from);
            push(step, from, count);
        }
        for (Draw draw : draws) {
            append(step, draw);
        }
        for (int i = 0; i < step.size(); i++) {
            if (step.yields(i)) {
                end(step, i);
            }
        }
        return 0;
    }

    private void begin(Step step) {
        draws.clear();
        if (drawn.length < step.size()) {
            drawn = new int[2 * step.size()];
            settled = new boolean[drawn.length];
        }
        Arrays.fill(drawn, 0, step.size(), 0);
        Arrays.fill(settled, 0, step.size(), false);
    }

    private void push(Step step, int from, int count) {
        transformer.begin();
        for (int row = from; row < from + count; row++) {
            Sequence sequence = step.sequence(owners[row]);
            transformer.add(tokens[row], positions[row], sequence::block, wanted[row]);
        }
        transformer.run((index, logits) -> draw(step, owners[from + index], logits));
    }

    private int gather(Step step) {
        int rows = 0;
        for (int i = 0; i < step.size(); i++) {
            Sequence sequence = step.sequence(i);
            Generation generation = generations.apply(sequence.request().id());
            int first = sequence.computed();
            int known = step.tokens(i) - step.drafts(i);
            makeRoom(rows + step.tokens(i));
            for (int t = 0; t < step.tokens(i); t++) {
                boolean draft = t >= known;
                tokens[rows] = draft ? generation.draft(t - known) : generation.token(first + t);
                positions[rows] = first + t;
                owners[rows] = i;
                wanted[rows++] = draft || first + t + 1 == sequence.length();
            }
        }
        return rows;
    }

    private void draw(Step step, int index, Sampler.Logits logits) {
        if (settled[index]) {
            return; // behind a draft that did not hold
        }
        Generation generation = generations.apply(step.sequence(index).request().id());
        int place = generation.length() - generation.promptTokens() + drawn[index];
        Generation.Drawn token = Sampler.draw(logits, generation.sampling(), place);
        draws.add(new Draw(index, generation, token));
        int next = drawn[index]++;
        settled[index] =
                next >= step.drafts(index)
                        || generation.draft(next) != token.token()
                        || model.tokenizer().endsAnswer(token.token());
    }

    private void append(Step step, Draw draw) {
        Generation.Drawn token = draw.token();
        if (draw.generation().sampling().topLogprobs() < 0) {
            draw.generation().append(token.token());
        } else {
            draw.generation().append(token);
        }
        if (model.tokenizer().endsAnswer(token.token())) {
            step.stop(draw.index());
        }
    }

    /// Says how many drafts held, and makes the next ones.
    private void end(Step step, int index) {
        step.accept(index, drawn[index] - 1);
        Sequence sequence = step.sequence(index);
        Generation generation = generations.apply(sequence.request().id());
        int answered = generation.length() - generation.promptTokens();
        // The token that the model says itself comes behind the last draft.
        int most = Math.min(model.maxDrafts(), sequence.request().outputTokens() - answered - 1);
        if (most > 0 && !model.tokenizer().endsAnswer(generation.token(generation.length() - 1))) {
            step.propose(index, generation.draft(proposer, most));
        }
    }

    private void makeRoom(int rows) {
        if (rows > tokens.length) {
            int size = Math.max(rows, 2 * tokens.length);
            tokens = Arrays.copyOf(tokens, size);
            positions = Arrays.copyOf(positions, size);
            owners = Arrays.copyOf(owners, size);
            wanted = Arrays.copyOf(wanted, size);
        }
    }
}
