package dev.touchstone.app.internal.cli;

import java.lang.module.ModuleDescriptor;
import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/// Which Touchstone this is.
final class Version implements IVersionProvider {
    /// From the jar; a build that was not packaged has none.
    static String text() {
        String version =
                Optional.ofNullable(Version.class.getModule().getDescriptor())
                        .flatMap(ModuleDescriptor::rawVersion)
                        .orElse("(unpackaged)");
        return "touchstone %s, on Java %s".formatted(version, Runtime.version());
    }

    @Override
    public String[] getVersion() {
        return new String[] {text()};
    }
}
