package dev.touchstone.simulation;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// One independent random stream for each name, all from one seed.
///
/// The stream of a name depends on the seed and the name alone, not on which other streams exist or
/// how much was drawn from them: a simulation that gains a new cause of randomness keeps its old
/// draws. Asking twice for a name gives two generators at the start of the same stream.
public final class RandomStreams {
    private static final long GOLDEN_RATIO = 0x9E37_79B9_7F4A_7C15L;

    private final long seed;

    public RandomStreams(long seed) {
        this.seed = seed;
    }

    /// The stream of a name.
    public RandomGenerator stream(String name) {
        return new SplittableRandom(seedOf(name));
    }

    /// A family of streams of its own, for one of several equal parts (`child("replica-3")`).
    public RandomStreams child(String name) {
        return new RandomStreams(seedOf(name));
    }

    private long seedOf(String name) {
        long hash = seed;
        for (int i = 0; i < name.length(); i++) {
            hash = mix(hash + GOLDEN_RATIO + name.charAt(i));
        }
        return mix(hash + name.length());
    }

    /// The finaliser of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
    /// generators", OOPSLA 2014; variant 13 of Stafford's mixers).
    public static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return mixed ^ (mixed >>> 31);
    }
}
