import org.jspecify.annotations.NullMarked;

/// What keeps a change from doing harm, and finds it when it did.
@NullMarked
module dev.touchstone.guardrails {
    requires static org.jspecify;

    exports dev.touchstone.guardrails;
}
