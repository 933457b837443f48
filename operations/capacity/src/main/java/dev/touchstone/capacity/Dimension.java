package dev.touchstone.capacity;

/// What a number measures: a product of powers of [Base]s, such as FLOP per request.
///
/// Some bases are measured (bytes, FLOP, seconds, dollars) and some merely counted (tokens,
/// requests, items, devices). Measures must always agree. A count may be left out, as people do:
/// "50 MB/s" is understood where megabytes per second and partition are asked for, but requests
/// where tokens are asked for are not ([#accepts]).
///
/// @param code the exponents as the digits, -128 to 127, of a number in base 256, so that
///   dimensions are multiplied by adding codes
public record Dimension(long code) {
    /// Of a plain number.
    public static final Dimension NONE = new Dimension(0);

    private static final int DIGIT_BITS = 8;

    /// Adds 128 to every digit, so that none is negative.
    private static final long BIAS = 0x8080_8080_8080_8080L;

    /// What exponents belong to.
    public enum Base {
        BYTE(0, "B", true),
        FLOP(1, "FLOP", true),
        SECOND(2, "s", true),
        DOLLAR(3, "$", true),
        TOKEN(4, "token", false),
        /// Requests, queries, running sequences.
        REQUEST(5, "request", false),
        /// Whatever data consists of: rows, vectors, documents, events, users, sessions.
        ITEM(6, "item", false),
        /// Whatever is bought or started: GPUs, servers, replicas, shards, partitions.
        DEVICE(7, "device", false);

        private final int shift;
        private final String symbol;
        private final boolean measured;

        Base(int digit, String symbol, boolean measured) {
            shift = DIGIT_BITS * digit;
            this.symbol = symbol;
            this.measured = measured;
        }
    }

    /// A base to the power of one.
    public static Dimension of(Base base) {
        return new Dimension(1L << base.shift);
    }

    /// The power of a base in this dimension.
    public int exponent(Base base) {
        return (int) (((code + BIAS) >>> base.shift) & 0xff) - 128;
    }

    public Dimension times(Dimension other) {
        return new Dimension(code + other.code);
    }

    public Dimension per(Dimension other) {
        return new Dimension(code - other.code);
    }

    /// Whether `given` will do where this is asked for: the same measures, and the same counts or
    /// none.
    public boolean accepts(Dimension given) {
        for (Base base : Base.values()) {
            int exponent = given.exponent(base);
            if (exponent != exponent(base) && (base.measured || exponent != 0)) {
                return false;
            }
        }
        return true;
    }

    /// Whether the two may be added or compared, one of them leaving out what the other counts.
    public boolean agreesWith(Dimension other) {
        return accepts(other) || other.accepts(this);
    }

    /// Whether this is a number of tokens, requests, items or devices, or plain: nothing measured.
    public boolean isCount() {
        for (Base base : Base.values()) {
            if (base.measured && exponent(base) != 0) {
                return false;
            }
        }
        return true;
    }

    /// As a unit is written: `FLOP/s/device`; "a plain number" when there is nothing to say.
    @Override
    public String toString() {
        var above = new StringBuilder();
        var below = new StringBuilder();
        for (Base base : Base.values()) {
            for (int n = exponent(base); n > 0; n--) {
                above.append(above.isEmpty() ? "" : "·").append(base.symbol);
            }
            for (int n = exponent(base); n < 0; n++) {
                below.append('/').append(base.symbol);
            }
        }
        return above.isEmpty() && below.isEmpty() ? "a plain number" : "" + above + below;
    }
}
