package dev.touchstone.app.internal.cli;

import picocli.CommandLine.IVersionProvider;

/// Which Touchstone this is.
final class Version implements IVersionProvider {
    /// From the jar; a build that was not packaged has none.
    static String text() {
        String version =
                Version.class.getModule().getDescriptor() == null
                        ? null
                        : Version.class.getModule().getDescriptor().rawVersion().orElse(null);
        return "touchstone %s, on Java %s"
                .formatted(version == null ? "(unpackaged)" : version, Runtime.version());
    }

    @Override
    public String[] getVersion() {
        return new String[] {text()};
    }
}
