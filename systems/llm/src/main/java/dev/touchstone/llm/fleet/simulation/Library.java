package dev.touchstone.llm.fleet.simulation;

import dev.touchstone.simulation.Distribution;
import dev.touchstone.simulation.Distribution.LogNormal;
import dev.touchstone.simulation.RandomStreams;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Texts that conversations are about: those that many read, and everybody's own.
final class Library {
    /// A text that nobody else has.
    static final int OWN = -1;

    private final Conversation.Documents documents;
    private final Distribution lengths;
    private final long[] keys;
    private final int[] tokens;

    /// Chances of each text and those before it together.
    private final double[] chances;

    Library(Conversation.Documents documents, long seed) {
        this.documents = documents;
        lengths = LogNormal.ofMean(Math.max(1, documents.tokens()), documents.sigma());
        int count =
                documents.tokens() > 0 && documents.libraryShare() > 0 ? documents.library() : 0;
        keys = new long[count];
        tokens = new int[count];
        chances = new double[count];
        RandomGenerator random = new RandomStreams(seed).stream("library");
        double sum = 0;
        for (int text = 0; text < count; text++) {
            keys[text] = random.nextLong();
            tokens[text] = length(random);
            sum += StrictMath.pow(text + 1, -documents.exponent());
            chances[text] = sum;
        }
    }

    private int length(RandomGenerator random) {
        return (int) Math.max(1, Math.min(1 << 24, Math.round(lengths.sample(random))));
    }

    /// A text for a conversation that begins.
    int choose(RandomGenerator random) {
        if (keys.length == 0 || random.nextDouble() >= documents.libraryShare()) {
            return OWN;
        }
        double drawn = random.nextDouble() * chances[chances.length - 1];
        int found = Arrays.binarySearch(chances, drawn);
        return Math.min(keys.length - 1, found < 0 ? -found - 1 : found);
    }

    /// What its blocks are known by; 0 for an own one.
    long key(int text) {
        return text == OWN ? 0 : keys[text];
    }

    /// Its length; an own one's is drawn.
    int tokens(int text, RandomGenerator random) {
        return text == OWN ? length(random) : tokens[text];
    }
}
