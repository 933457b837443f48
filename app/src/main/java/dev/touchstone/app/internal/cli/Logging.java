package dev.touchstone.app.internal.cli;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Keeps libraries from talking on the terminal, unless `TOUCHSTONE_LOG=debug` asks for it.
final class Logging {
    /// Java's logging forgets a logger that nobody holds.
    private static final List<Logger> QUIET =
            List.of(
                    Logger.getLogger("dev.hardwood"),
                    Logger.getLogger("io.helidon"),
                    Logger.getLogger("com.networknt"));

    /// Engines' libraries tell every second that a server is away; we tell it once.
    private static final List<Logger> ENGINES =
            List.of(
                    Logger.getLogger("org.apache.kafka"),
                    Logger.getLogger("io.lettuce"),
                    Logger.getLogger("io.netty"));

    /// Tells with a stack trace what the server's start tells in a sentence.
    private static final Logger LISTENER = Logger.getLogger("io.helidon.webserver.LoomServer");

    private Logging() {}

    static void quiet() {
        if ("debug".equals(System.getenv("TOUCHSTONE_LOG"))) {
            Logger root = Logger.getLogger("");
            for (var handler : root.getHandlers()) {
                handler.setLevel(Level.FINE);
            }
            Logger.getLogger("dev.touchstone").setLevel(Level.FINE);
            return;
        }
        QUIET.forEach(logger -> logger.setLevel(Level.WARNING));
        ENGINES.forEach(logger -> logger.setLevel(Level.OFF));
        LISTENER.setLevel(Level.OFF);
    }
}
