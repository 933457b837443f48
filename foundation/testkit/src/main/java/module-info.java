import org.jspecify.annotations.NullMarked;

/// Seeded test cases, processes to kill and counts of allocated bytes, for the tests of every
/// module.
@NullMarked
module dev.touchstone.testkit {
    requires static org.jspecify;
    requires jdk.management;
    requires transitive org.junit.jupiter.params;

    exports dev.touchstone.testkit;
}
