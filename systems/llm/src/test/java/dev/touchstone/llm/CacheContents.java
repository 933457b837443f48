package dev.touchstone.llm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.simulation.RandomStreams;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;

/// What lies in the blocks of a pool, token by token, as a real engine would leave it there.
///
/// Two prompts agree in the tokens they share and in no other, so a sequence that is given a block
/// with someone else's tokens, or whose tokens were written over, is found out before it reads
/// them.
final class CacheContents {
    private static final long NO_TOKEN = 0;

    private final KvBlockPool pool;
    private final long[][] cells;
    private final Map<Long, Text> texts = new HashMap<>();

    /// The tokens of a request: the first `shared` are those of `origin`, the others its own.
    private record Text(long id, long origin, int shared) {
        long token(int position) {
            long from = position < shared ? origin : ~id;
            return RandomStreams.mix(RandomStreams.mix(from) + position);
        }
    }

    CacheContents(KvBlockPool pool) {
        this.pool = pool;
        KvCacheLayout layout = pool.layout();
        cells = new long[layout.blockCount()][layout.blockTokens()];
    }

    /// A request whose prompt begins like those of three other families of prompts, or like those
    /// of its session. Some know the hashes of their answers; every other session is one text that
    /// all its requests read on in, and keeps answers too.
    Request request(
            RandomGenerator random, long id, int prompt, int output, long patience, long session) {
        int shared = random.nextInt(prompt);
        boolean readsOn = session > 0 && session % 2 == 0;
        long origin = session == 0 ? random.nextInt(1, 4) : 1_000 + session;
        var text = new Text(id, origin, readsOn ? Integer.MAX_VALUE : shared);
        texts.put(id, text);
        var request =
                new Request(
                        id,
                        prompt,
                        output,
                        patience,
                        session,
                        session == 0 ? 0 : shared,
                        new Hashes(text, prompt, random.nextBoolean()));
        return readsOn ? request.with(request.terms().keepingAnswer()) : request;
    }

    /// The hashes of a text: of its prompt, or as far as anyone asks.
    private final class Hashes implements PrefixHashes {
        private final Text text;
        private final int prompt;
        private final boolean coversAnswer;

        Hashes(Text text, int prompt, boolean coversAnswer) {
            this.text = text;
            this.prompt = prompt;
            this.coversAnswer = coversAnswer;
        }

        @Override
        public boolean coversAnswer() {
            return coversAnswer;
        }

        @Override
        public long block(int index) {
            int end = (index + 1) * pool.layout().blockTokens();
            if (end > prompt && !coversAnswer) {
                throw new AssertionError("block %d is beyond the prompt".formatted(index));
            }
            long hash = 1;
            for (int i = 0; i < end; i++) {
                hash = RandomStreams.mix(31 * hash + text.token(i));
            }
            return hash;
        }
    }

    /// Carries out a step: brings in what was in host memory, reads all that is computed, writes
    /// what is new. Drafts that do not hold leave behind what belongs to no text.
    void execute(Step step) {
        for (int i = 0; i < step.size(); i++) {
            Sequence sequence = step.sequence(i);
            Text text = text(sequence);
            for (int position = 0; position < step.transferredTokens(i); position++) {
                write(sequence, position, text.token(position));
            }
            for (int position = 0; position < sequence.computed; position++) {
                if (cell(sequence, position) != text.token(position)) {
                    throw new AssertionError(
                            "%d reads a wrong token at %d of %d"
                                    .formatted(text.id, position, sequence.computed));
                }
            }
        }
        for (int i = 0; i < step.size(); i++) {
            Sequence sequence = step.sequence(i);
            Text text = text(sequence);
            int end = sequence.computed + step.tokens(i);
            int held = end - step.drafts(i) + step.accepted(i);
            assertThat(pool.layout().blocksFor(end))
                    .as("blocks for the %d tokens of %d", end, text.id)
                    .isLessThanOrEqualTo(sequence.blockCount);
            for (int position = sequence.computed; position < end; position++) {
                write(sequence, position, position < held ? text.token(position) : NO_TOKEN);
            }
        }
    }

    private void write(Sequence sequence, int position, long token) {
        int block = sequence.blocks[position / pool.layout().blockTokens()];
        if (pool.uses(block) != 1) {
            throw new AssertionError(
                    "%d writes into block %d, which %d use"
                            .formatted(sequence.request().id(), block, pool.uses(block)));
        }
        cells[block][position % pool.layout().blockTokens()] = token;
    }

    private Text text(Sequence sequence) {
        return Objects.requireNonNull(texts.get(sequence.request().id()));
    }

    private long cell(Sequence sequence, int position) {
        int blockTokens = pool.layout().blockTokens();
        return cells[sequence.blocks[position / blockTokens]][position % blockTokens];
    }
}
