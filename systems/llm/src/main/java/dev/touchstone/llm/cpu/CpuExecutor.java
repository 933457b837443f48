package dev.touchstone.llm.cpu;

import dev.touchstone.llm.Executor;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.Sequence;
import dev.touchstone.llm.Step;
import dev.touchstone.llm.text.Generation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;

/// Carries out steps with a real model: pushes the tokens that a step asks for through it and draws
/// the next ones.
final class CpuExecutor implements Executor {
    private final CpuModel model;
    private final LongFunction<Generation> generations;
    private final Transformer transformer;

    /// Drawn in this step. Generations hear of it at its end: a step that fails leaves no trace.
    private final List<Draw> draws = new ArrayList<>();

    private int[] tokens = new int[64];
    private int[] positions = new int[64];
    private int[] owners = new int[64];
    private boolean[] wanted = new boolean[64];

    private record Draw(int index, Generation generation, Generation.Drawn token) {}

    CpuExecutor(CpuModel model, KvCacheLayout layout, LongFunction<Generation> generations) {
        this.model = model;
        this.generations = generations;
        this.transformer = new Transformer(model, layout);
    }

    /// Runs the step and returns zero: whoever owns the clock knows how long that took.
    @Override
    public long execute(Step step) {
        draws.clear();
        int rows = gather(step);
        for (int from = 0; from < rows; from += Transformer.MOST_TOKENS) {
            int count = Math.min(Transformer.MOST_TOKENS, rows - from);
            push(step, from, count);
        }
        for (Draw draw : draws) {
            append(step, draw);
        }
        return 0;
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
            int end = sequence.computed() + step.tokens(i);
            makeRoom(rows + step.tokens(i));
            for (int position = sequence.computed(); position < end; position++) {
                tokens[rows] = generation.token(position);
                positions[rows] = position;
                owners[rows] = i;
                wanted[rows++] = position + 1 == sequence.length();
            }
        }
        return rows;
    }

    private void draw(Step step, int index, Sampler.Logits logits) {
        Generation generation = generations.apply(step.sequence(index).request().id());
        int place = generation.length() - generation.promptTokens();
        Generation.Drawn token = Sampler.draw(logits, generation.sampling(), place);
        draws.add(new Draw(index, generation, token));
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
