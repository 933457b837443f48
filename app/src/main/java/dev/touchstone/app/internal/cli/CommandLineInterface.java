package dev.touchstone.app.internal.cli;

import dev.touchstone.arena.ContentException;
import dev.touchstone.capacity.drill.Drills;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/// The command `touchstone` with its subcommands.
@Command(
        name = "touchstone",
        description = {
            "The ML systems that every large product ends up building,",
            "and an arena to practise them in."
        },
        subcommands = HelpCommand.class,
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class CommandLineInterface implements Runnable {
    private static final Logger LOG = System.getLogger(CommandLineInterface.class.getName());

    @Spec private CommandSpec spec = CommandSpec.create();

    private CommandLineInterface() {}

    /// Runs a command line that asks nobody anything.
    ///
    /// @return the exit code: 0 done, 1 failed, 2 not understood
    public static int run(
            String[] arguments, PrintStream out, PrintStream err, Map<String, String> environment) {
        return run(arguments, InputStream.nullInputStream(), out, err, environment);
    }

    /// Runs a command line.
    ///
    /// @param in what a person types when asked
    /// @return the exit code: 0 done, 1 failed, 2 not understood
    public static int run(
            String[] arguments,
            InputStream in,
            PrintStream out,
            PrintStream err,
            Map<String, String> environment) {
        Logging.quiet();
        var console = Console.of(in, out, err, environment);
        var line =
                new CommandLine(new CommandLineInterface())
                        .addSubcommand(new UpCommand(console))
                        .addSubcommand(incident(console))
                        .addSubcommand(SimulateCommand.of(console))
                        .addSubcommand(LlmCommand.of(console))
                        .addSubcommand(plan(console))
                        .addSubcommand(drill(console))
                        .addSubcommand(FeaturesCommand.of(console))
                        .addSubcommand(new VersionCommand(console))
                        .addSubcommand(new WarmUpCommand(console));
        return line.setOut(console.writer())
                .setErr(console.errorWriter())
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(CommandLineInterface::misunderstood)
                .setExecutionExceptionHandler((e, failed, _) -> failed(e, failed))
                .execute(arguments);
    }

    private static CommandLine incident(Console console) {
        return new CommandLine(new IncidentCommand())
                .addSubcommand(new IncidentListCommand(console))
                .addSubcommand(new IncidentRunCommand(console));
    }

    private static CommandLine plan(Console console) {
        return new CommandLine(new PlanCommand(console))
                .setUnmatchedOptionsArePositionalParams(true);
    }

    private static CommandLine drill(Console console) {
        var line = new CommandLine(new DrillCommand(console));
        line.getCommandSpec()
                .usageMessage()
                .footer(
                        Drills.ids().stream()
                                .map(id -> "  %s  %s".formatted(id, Drills.title(id)))
                                .toArray(String[]::new));
        return line;
    }

    /// Without a command there is nothing to do but to say what there is.
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do, such as: touchstone up");
    }

    private static int misunderstood(ParameterException e, String[] arguments) {
        CommandLine line = e.getCommandLine();
        line.getErr().println(e.getMessage());
        if (!UnmatchedArgumentException.printSuggestions(e, line.getErr())) {
            line.getErr().printf("Try '%s --help'.%n", line.getCommandSpec().qualifiedName());
        }
        return CommandLine.ExitCode.USAGE;
    }

    private static int failed(Exception e, CommandLine line) {
        if (!(e instanceof CommandFailure || e instanceof ContentException)) {
            // A bug of ours. The trace goes to the log for whoever asks for it.
            LOG.log(Level.DEBUG, "a command failed", e);
            line.getErr()
                    .printf(
                            "Something went wrong that should not have: %s.%nSet TOUCHSTONE_LOG=debug and run it again to see where.%n",
                            e);
            return CommandLine.ExitCode.SOFTWARE;
        }
        line.getErr().println(e.getMessage());
        return CommandLine.ExitCode.SOFTWARE;
    }
}
