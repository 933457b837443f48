package dev.touchstone.llm.hardware.validation;

import dev.touchstone.simulation.RandomStreams;

/// Which half of a set of measurements coefficients were fitted to, and which was kept from them: a
/// hash of what was measured decides, so that nobody can choose.
final class Halves {
    private static final long FNV_OFFSET = 0xcbf2_9ce4_8422_2325L;
    private static final long FNV_PRIME = 0x100_0000_01b3L;

    private Halves() {}

    /// Whether a measurement was kept from all fits: the lowest bit of the mixed FNV-1a hash of its
    /// setup.
    static boolean heldOut(String setup) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < setup.length(); i++) {
            hash = (hash ^ setup.charAt(i)) * FNV_PRIME;
        }
        return (RandomStreams.mix(hash) & 1) == 1;
    }
}
