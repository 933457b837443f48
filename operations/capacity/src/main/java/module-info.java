import org.jspecify.annotations.NullMarked;

/// How much of everything a system needs, with the arithmetic shown, and drills to practise it.
@NullMarked
module dev.touchstone.capacity {
    requires static org.jspecify;
    requires dev.touchstone.simulation;

    exports dev.touchstone.capacity;
    exports dev.touchstone.capacity.drill;
}
