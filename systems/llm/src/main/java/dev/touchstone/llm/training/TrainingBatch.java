package dev.touchstone.llm.training;

import dev.touchstone.llm.text.ChatMessage;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Windows of tokens to learn from: conversations and paragraphs, one behind the other, each read
/// as if it stood alone.
final class TrainingBatch {
    private static final float ANSWER = 1;
    private static final float QUESTION = 0.15f;
    private static final float PROSE = 0.5f;
    private static final int PROSE_PERCENT = 8;

    /// Of all windows, one behind the other.
    final int[] tokens;

    /// The token that comes after each.
    final int[] targets;

    /// Where in its window each token's text begins.
    final int[] starts;

    /// How much each target counts.
    final float[] importance;

    private TrainingBatch(int size) {
        tokens = new int[size];
        targets = new int[size];
        starts = new int[size];
        importance = new float[size];
    }

    /// A batch that depends on the state of `random` alone.
    static TrainingBatch draw(
            Corpus corpus, BytePairs tokenizer, RandomGenerator random, int windows, int length) {
        var batch = new TrainingBatch(windows * length);
        for (int window = 0; window < windows; window++) {
            var stream = new Stream(tokenizer);
            while (stream.tokens.length() <= length) {
                stream.addDocument(corpus, random);
            }
            int[] all = stream.tokens.toArray();
            int at = window * length;
            System.arraycopy(all, 0, batch.tokens, at, length);
            System.arraycopy(all, 1, batch.targets, at, length);
            System.arraycopy(stream.starts, 0, batch.starts, at, length);
            System.arraycopy(stream.importance, 1, batch.importance, at, length);
        }
        return batch;
    }

    private static final class Stream {
        private final BytePairs tokenizer;
        private final TokenList tokens = new TokenList();
        private float[] importance = {};
        private int[] starts = {};

        Stream(BytePairs tokenizer) {
            this.tokenizer = tokenizer;
        }

        void addDocument(Corpus corpus, RandomGenerator random) {
            int start = tokens.length();
            if (random.nextInt(100) < PROSE_PERCENT) {
                tokens.add(tokenizer.encode(corpus.drawProse(random)));
                counts(PROSE);
            } else {
                for (ChatMessage message : corpus.drawConversation(random)) {
                    tokenizer.message(tokens, message);
                    counts(message.role().equals("assistant") ? ANSWER : QUESTION);
                }
            }
            tokens.add(tokenizer.control(BytePairs.END_TEXT));
            counts(QUESTION);
            starts = Arrays.copyOf(starts, tokens.length());
            Arrays.fill(starts, start, starts.length, start);
        }

        /// Gives all tokens that have no importance yet this one.
        private void counts(float each) {
            int from = importance.length;
            importance = Arrays.copyOf(importance, tokens.length());
            Arrays.fill(importance, from, importance.length, each);
        }
    }
}
