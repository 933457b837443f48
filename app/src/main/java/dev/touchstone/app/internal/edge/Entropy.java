package dev.touchstone.app.internal.edge;

import java.security.SecureRandom;
import java.util.HexFormat;

/// Chance, for names and seeds that nobody chose.
public final class Entropy {
    private static final int MAX_SEED = 1_000_000;

    private final SecureRandom random = new SecureRandom();

    /// A seed short enough to read out to a colleague: 1 to 999,999.
    public long seed() {
        return random.nextLong(1, MAX_SEED);
    }

    /// Half a key for a hash that others must not be able to predict.
    public long key() {
        return random.nextLong();
    }

    /// `bytes` random bytes as lower-case hexadecimal digits.
    public String hex(int bytes) {
        byte[] drawn = new byte[bytes];
        random.nextBytes(drawn);
        return HexFormat.of().formatHex(drawn);
    }
}
