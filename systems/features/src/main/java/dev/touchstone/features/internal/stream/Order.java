package dev.touchstone.features.internal.stream;

/// Comparisons whose outcome nobody can foresee, in numbers: a compiler makes no branches of them,
/// which a processor would guess wrong as often as not.
final class Order {
    private Order() {}

    /// 1 if `a < b`, else 0 (Warren, Hacker's Delight, 2-12).
    static int before(long a, long b) {
        return (int) (((a & ~b) | (~(a ^ b) & (a - b))) >>> (Long.SIZE - 1));
    }

    /// 1 if `a == b`, else 0.
    static int same(long a, long b) {
        long difference = a ^ b;
        return (int) (~(difference | -difference) >>> (Long.SIZE - 1));
    }

    /// The first if `which` is 1, the second if it is 0.
    static int choose(int which, int first, int second) {
        return second ^ ((first ^ second) & -which);
    }
}
