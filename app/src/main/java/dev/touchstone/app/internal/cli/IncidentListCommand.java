package dev.touchstone.app.internal.cli;

import dev.touchstone.arena.Incident;
import dev.touchstone.arena.IncidentCatalog;
import picocli.CommandLine.Command;

/// `touchstone incident list`.
@Command(
        name = "list",
        description = "Lists the incidents that can be played.",
        mixinStandardHelpOptions = true)
final class IncidentListCommand implements Runnable {
    private final Console console;

    IncidentListCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        for (Incident incident : IncidentCatalog.builtIn().incidents()) {
            console.out()
                    .printf(
                            "%-6s %s (%d min)%n       %s%n",
                            incident.id(),
                            incident.title(),
                            incident.clock().toMinutes(),
                            incident.summary());
        }
    }
}
