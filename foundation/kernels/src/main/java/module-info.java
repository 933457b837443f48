import org.jspecify.annotations.NullMarked;

/// Number crunching: matrix products, norms and softmax, in plain Java and on the Vector API.
///
/// The Vector API is optional: start with `--add-modules jdk.incubator.vector` to have it. Required
/// outright, it would print a warning at every start of every program that has this module.
@NullMarked
module dev.touchstone.kernels {
    requires static org.jspecify;
    requires static jdk.incubator.vector;

    exports dev.touchstone.kernels;
    exports dev.touchstone.kernels.threads;
}
