package dev.touchstone.app.testing;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.touchstone.llm.ElementType;
import dev.touchstone.llm.Executor;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.ModelSpec;
import dev.touchstone.llm.Sequence;
import dev.touchstone.llm.Step;
import dev.touchstone.llm.text.ChatMessage;
import dev.touchstone.llm.text.Generation;
import dev.touchstone.llm.text.Generation.Drawn;
import dev.touchstone.llm.text.Generation.Likely;
import dev.touchstone.llm.text.LanguageModel;
import dev.touchstone.llm.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;

/// A model of one rule: it says again what stands behind the last `say:` of its prompt, and then it
/// is done. At a temperature it draws small letters instead, by its seed.
///
/// A token is a byte. What it knows of a prompt it reads from its cache and nowhere else, so an
/// answer is right only if every block holds what the engine says it holds.
public final class EchoModel implements LanguageModel {
    private static final int END = 256;
    private static final int CONTEXT = 1024;
    private static final String CUE = "say:";

    private final Semaphore steps = new Semaphore(0);
    private final AtomicReference<String> failure = new AtomicReference<>("");
    private volatile Duration pace = Duration.ZERO;

    /// From now on a step is taken only when it is [#allow]ed.
    public void hold() {
        pace(Duration.ofMinutes(1));
    }

    /// From now on a step takes so long, unless it is [#allow]ed before.
    public void pace(Duration perStep) {
        pace = perStep;
    }

    /// Lets so many held steps pass.
    public void allow(int count) {
        steps.release(count);
    }

    /// Lets all steps pass again.
    public void letGo() {
        pace = Duration.ZERO;
        steps.release(1);
    }

    /// Makes the next step fail.
    public void failNext(String why) {
        failure.set(why);
    }

    @Override
    public ModelSpec spec() {
        return new ModelSpec("echo", 1, 1, 1, 1, 2, ElementType.FP16, ElementType.FP16);
    }

    @Override
    public int contextTokens() {
        return CONTEXT;
    }

    @Override
    public Tokenizer tokenizer() {
        return new Bytes();
    }

    @Override
    public int[] chatPrompt(List<ChatMessage> messages) {
        var text = new StringBuilder();
        for (ChatMessage message : messages) {
            text.append(message.role()).append('\n');
            text.append(message.role().equals("user") ? CUE : "").append(message.content());
            text.append('\n');
        }
        return tokenizer().encode(text.append("assistant\n").toString());
    }

    @Override
    public Executor executor(KvCacheLayout layout, LongFunction<Generation> generations) {
        return new Echo(layout, generations);
    }

    private static final class Bytes implements Tokenizer {
        @Override
        public int vocabulary() {
            return END + 1;
        }

        @Override
        public int[] encode(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            int[] tokens = new int[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                tokens[i] = bytes[i] & 0xff;
            }
            return tokens;
        }

        @Override
        public byte[] bytes(int token) {
            return token == END ? new byte[0] : new byte[] {(byte) token};
        }

        @Override
        public boolean endsAnswer(int token) {
            return token == END;
        }
    }

    private final class Echo implements Executor {
        private final KvCacheLayout layout;
        private final LongFunction<Generation> generations;
        private final int[] cache;

        Echo(KvCacheLayout layout, LongFunction<Generation> generations) {
            this.layout = layout;
            this.generations = generations;
            this.cache = new int[layout.blockCount() * layout.blockTokens()];
        }

        @Override
        public long execute(Step step) {
            pass();
            String why = failure.getAndSet("");
            if (!why.isEmpty()) {
                throw new IllegalStateException(why);
            }
            for (int i = 0; i < step.size(); i++) {
                Sequence sequence = step.sequence(i);
                Generation generation = generations.apply(sequence.request().id());
                int end = sequence.computed() + step.tokens(i);
                for (int at = sequence.computed(); at < end; at++) {
                    cache[slot(sequence, at)] = generation.token(at);
                }
                if (end == sequence.length()) {
                    draw(step, i, sequence, generation);
                }
            }
            return 1;
        }

        private void pass() {
            try {
                if (pace.isPositive() && !steps.tryAcquire(pace.toNanos(), NANOSECONDS)) {
                    return; // That was its time.
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }

        private void draw(Step step, int index, Sequence sequence, Generation generation) {
            int token = next(sequence, generation);
            int top = generation.sampling().topLogprobs();
            if (top < 0) {
                generation.append(token);
            } else {
                var likely = List.of(new Likely(token, -0.25f), new Likely('?', -2f));
                generation.append(
                        new Drawn(token, -0.25f, likely.subList(0, Math.min(top, likely.size()))));
            }
            if (token == END) {
                step.stop(index);
            }
        }

        private int next(Sequence sequence, Generation generation) {
            int said = sequence.generated();
            if (generation.sampling().temperature() > 0) {
                long seed = generation.sampling().seed() * 31 + said;
                return 'a' + new SplittableRandom(seed).nextInt(26);
            }
            byte[] prompt = new byte[generation.promptTokens()];
            for (int at = 0; at < prompt.length; at++) {
                prompt[at] = (byte) cache[slot(sequence, at)];
            }
            byte[] cue = CUE.getBytes(StandardCharsets.UTF_8);
            for (int at = prompt.length - cue.length; at >= 0; at--) {
                if (Arrays.equals(prompt, at, at + cue.length, cue, 0, cue.length)) {
                    int from = at + cue.length + said;
                    return from < prompt.length && prompt[from] != '\n' ? prompt[from] & 0xff : END;
                }
            }
            return END;
        }

        private int slot(Sequence sequence, int position) {
            int block = sequence.block(position / layout.blockTokens());
            return block * layout.blockTokens() + position % layout.blockTokens();
        }
    }
}
