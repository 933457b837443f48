package dev.touchstone.app.testing;

import java.io.File;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Programs of this module in processes of their own.
public final class Processes {
    private Processes() {}

    /// All that a test sees, modules or not: another process needs no modules.
    public static String classPath() {
        return Stream.of(
                        "target/classes",
                        "target/test-classes",
                        System.getProperty("jdk.module.path", ""),
                        System.getProperty("java.class.path"))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
