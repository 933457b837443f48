import org.jspecify.annotations.NullMarked;

/// Seeded test cases and processes to kill, for the tests of every module.
@NullMarked
module dev.touchstone.testkit {
    requires static org.jspecify;
    requires transitive org.junit.jupiter.params;

    exports dev.touchstone.testkit;
}
