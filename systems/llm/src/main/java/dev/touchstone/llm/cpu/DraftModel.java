package dev.touchstone.llm.cpu;

import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.speculation.DraftProposer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Guesses with a smaller model what a larger one will say: its likeliest token, again and again.
///
/// It has a cache of its own, as many tokens as the larger model's. It is told texts only, so it
/// finds out itself which of those it has read a text goes on from: the one that it equals but for
/// the last tokens, which were guesses that did not hold. When there is no room for a new text, the
/// one that it was not asked about for longest is forgotten.
final class DraftModel implements DraftProposer {
    private final CpuModel model;
    private final Transformer transformer;
    private final int blockTokens;
    private final List<Reading> readings = new ArrayList<>();
    private final int[] freeBlocks;
    private int free;
    private long asked;

    /// The likeliest token after what was read last.
    private int next;

    /// A text whose keys and values are in the cache.
    private static final class Reading {
        int[] tokens = new int[64];
        int length;
        int[] blocks = new int[4];
        int blockCount;
        long asked;

        int block(int index) {
            return blocks[index];
        }

        /// Tokens at the front that are the same.
        int common(int[] others, int count) {
            int most = Math.min(length, count);
            int mismatch = Arrays.mismatch(tokens, 0, most, others, 0, most);
            return mismatch < 0 ? most : mismatch;
        }

        void add(int token) {
            if (length == tokens.length) {
                tokens = Arrays.copyOf(tokens, 2 * length);
            }
            tokens[length++] = token;
        }

        void addBlock(int block) {
            if (blockCount == blocks.length) {
                blocks = Arrays.copyOf(blocks, 2 * blockCount);
            }
            blocks[blockCount++] = block;
        }
    }

    DraftModel(CpuModel model, KvCacheLayout layout) {
        this.model = model;
        this.transformer = new Transformer(model, layout);
        this.blockTokens = layout.blockTokens();
        this.freeBlocks = new int[layout.blockCount()];
        this.free = freeBlocks.length;
        Arrays.setAll(freeBlocks, block -> block);
    }

    @Override
    public int propose(int[] tokens, int length, int[] drafts, int most) {
        int count = Math.min(most, model.contextTokens() - length);
        if (count <= 0) {
            return 0;
        }
        Reading reading = reading(tokens, length, most);
        reading.asked = ++asked;
        if (!makeRoom(reading, length + count - 1)) {
            return 0;
        }
        // The last token is read again if need be: what is wanted is what comes after it.
        reading.length = Math.min(reading.length, length - 1);
        while (reading.length < length) {
            int chunk = Math.min(Transformer.MOST_TOKENS, length - reading.length);
            read(reading, tokens, reading.length, chunk, length);
        }
        drafts[0] = next;
        int drafted = 1;
        while (drafted < count && !model.tokenizer().endsAnswer(next)) {
            read(reading, drafts, drafted - 1, 1, drafted);
            drafts[drafted++] = next;
        }
        return drafted;
    }

    /// Reads `count` of `tokens` from `from` on. Those up to `wanted` are all there are; the
    /// likeliest token after the last of them becomes `next`.
    private void read(Reading reading, int[] tokens, int from, int count, int wanted) {
        transformer.begin();
        for (int i = from; i < from + count; i++) {
            transformer.add(tokens[i], reading.length, reading::block, i + 1 == wanted);
            reading.add(tokens[i]);
        }
        transformer.run((index, logits) -> next = logits.highest());
    }

    /// The reading that the text goes on from; a new one if there is none.
    private Reading reading(int[] tokens, int length, int most) {
        for (Reading reading : readings) {
            int common = reading.common(tokens, length);
            // Other than by rejected drafts, the rest is another text that begins alike.
            if (common > 0 && common + most >= reading.length) {
                reading.length = common;
                return reading;
            }
        }
        var reading = new Reading();
        readings.add(reading);
        return reading;
    }

    /// Takes blocks for so many tokens, from those not asked about for longest if need be. Returns
    /// false when the whole cache is too small.
    private boolean makeRoom(Reading reading, int tokens) {
        int needed = Math.ceilDiv(tokens, blockTokens);
        while (reading.blockCount < needed) {
            if (free == 0 && !forgetAnother(reading)) {
                return false;
            }
            reading.addBlock(freeBlocks[--free]);
        }
        return true;
    }

    private boolean forgetAnother(Reading kept) {
        Reading oldest = null;
        for (Reading reading : readings) {
            if (!reading.equals(kept) && (oldest == null || reading.asked < oldest.asked)) {
                oldest = reading;
            }
        }
        if (oldest == null) {
            return false;
        }
        readings.remove(oldest);
        for (int i = 0; i < oldest.blockCount; i++) {
            freeBlocks[free++] = oldest.blocks[i];
        }
        return true;
    }
}
