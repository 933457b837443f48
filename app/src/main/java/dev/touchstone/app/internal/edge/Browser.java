package dev.touchstone.app.internal.edge;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Opens a page in the desktop's browser, where there is a desktop.
public final class Browser {
    private Browser() {}

    /// Asks the desktop to show `url` and does not wait for it.
    ///
    /// @return whether there was somebody to ask
    public static boolean open(String url, Map<String, String> environment) {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        List<String> command;
        if (system.contains("mac")) {
            command = List.of("open", url);
        } else if (system.contains("win")) {
            command = List.of("rundll32", "url.dll,FileProtocolHandler", url);
        } else if (environment.containsKey("DISPLAY")
                || environment.containsKey("WAYLAND_DISPLAY")) {
            command = List.of("xdg-open", url);
        } else {
            return false;
        }
        try {
            new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return true;
        } catch (IOException _) {
            return false; // The URL is on the terminal; whoever sits there can open it.
        }
    }
}
