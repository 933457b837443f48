package dev.touchstone.app.internal.cli;

import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.sizing.SheetText;
import dev.touchstone.capacity.Derivation;
import dev.touchstone.capacity.Input;
import dev.touchstone.capacity.Plan;
import dev.touchstone.capacity.Plans;
import dev.touchstone.capacity.Refusal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `touchstone plan`: sizes a system and shows the arithmetic.
///
/// Which options there are depends on the plan, so this command reads them itself.
@Command(
        name = "plan",
        description = {
            "Sizes a system and shows every step of the arithmetic.",
            "Without a plan it lists them; touchstone plan PLAN --help lists a plan's inputs."
        },
        customSynopsis = "touchstone plan [PLAN [--INPUT VALUE]... [--json]]",
        sortOptions = false)
final class PlanCommand implements Runnable {
    private static final String OPTION = "--";

    private final Console console;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "0..*", paramLabel = "PLAN", description = "The plan, then its inputs.")
    private List<String> words = List.of();

    @Option(names = "--json", description = "Prints the derivation as JSON.")
    private boolean json;

    @Option(
            names = {"-h", "--help"},
            description = "Shows this, or with a plan what may be overridden.")
    private boolean help;

    PlanCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        if (words.isEmpty()) {
            if (help) {
                spec.commandLine().usage(spec.commandLine().getOut());
            } else {
                list();
            }
            return;
        }
        Plan plan = plan();
        if (help) {
            console.print(help(plan));
            return;
        }
        switch (plan.read(overrides())) {
            case Derivation derivation when json ->
                    console.out().println(Json.pretty(derivation.sheet()));
            case Derivation derivation -> console.print(SheetText.plan(derivation.sheet()));
            case Refusal(_, String reason) -> throw misunderstood(reason);
        }
    }

    private void list() {
        var text = new StringBuilder();
        for (Plan plan : Plans.ALL) {
            text.append(
                    "%-12s%s%n%12s%s%n".formatted(plan.id(), plan.title(), "", plan.question()));
        }
        text.append("\ntouchstone plan PLAN derives one; with --help it lists what it assumes.\n");
        console.print(text.toString());
    }

    private Plan plan() {
        String first = words.getFirst();
        if (first.startsWith("-")) {
            throw misunderstood("name the plan before its inputs: touchstone plan llm " + first);
        }
        try {
            return Plans.named(first);
        } catch (IllegalArgumentException e) {
            throw misunderstood(String.valueOf(e.getMessage()));
        }
    }

    /// What follows the plan, read as `--name value` or `--name=value`; a hyphen in a name stands
    /// for the underscore that formulas have.
    private Map<String, String> overrides() {
        var overrides = new LinkedHashMap<String, String>();
        for (int at = 1; at < words.size(); at++) {
            String word = words.get(at);
            if (!word.startsWith(OPTION)) {
                throw misunderstood(
                        "'%s' belongs to no input; write --name value, such as --%s"
                                .formatted(word, word.contains("=") ? word : "name " + word));
            }
            int equals = word.indexOf('=');
            String name = word.substring(OPTION.length(), equals < 0 ? word.length() : equals);
            if (equals < 0 && ++at == words.size()) {
                throw misunderstood("%s needs a value, such as %s=1".formatted(word, word));
            }
            String value = equals < 0 ? words.get(at) : word.substring(equals + 1);
            if (overrides.put(name.replace('-', '_'), value) != null) {
                throw misunderstood("--%s is given twice; leave one of them out".formatted(name));
            }
        }
        return overrides;
    }

    private static String help(Plan plan) {
        var text = new StringBuilder();
        text.append("%s%n%s%n%n".formatted(plan.title(), plan.question()));
        text.append("touchstone plan %s [--INPUT VALUE]... [--json]%n%n".formatted(plan.id()));
        text.append("Inputs, with what is assumed, what is allowed, and why\n");
        for (Input input : plan.inputs()) {
            text.append(
                    "  %-22s %-26s %s%n  %22s %s to %s; %s%n"
                            .formatted(
                                    option(input.id()),
                                    input.text(input.value()),
                                    input.label(),
                                    "",
                                    input.text(input.min()),
                                    input.text(input.max()),
                                    input.source()));
        }
        text.append("\nSteps, for whoever has measured one: the formula then gives way\n");
        for (String step : plan.names().subList(plan.inputs().size(), plan.names().size())) {
            text.append("  %-22s %s%n".formatted(option(step), plan.label(step)));
        }
        text.append(
                """

                Values are read with their units: 80k, 4/h, 200 GiB, 45 %, '$3/GPU/h'. A bare number is in
                the unit shown, except for shares: 0.45 is 45 %. Names may be written with _ instead of -.
                """);
        return text.toString();
    }

    private static String option(String name) {
        return OPTION + name.replace('_', '-');
    }

    private ParameterException misunderstood(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
