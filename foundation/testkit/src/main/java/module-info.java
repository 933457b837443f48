import org.jspecify.annotations.NullMarked;

/// Seeded test cases, processes to kill, counts of allocated bytes and waits for other threads, for
/// the tests of every module.
@NullMarked
module dev.touchstone.testkit {
    requires static org.jspecify;
    requires jdk.management;
    requires transitive org.junit.jupiter.params;

    exports dev.touchstone.testkit;
}
