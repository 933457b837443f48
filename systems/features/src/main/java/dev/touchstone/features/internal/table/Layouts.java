package dev.touchstone.features.internal.table;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// How numbers lie in tables: little-endian everywhere, so that a file can be mapped on any
/// machine.
public final class Layouts {
    public static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    public static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    public static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Layouts() {}
}
