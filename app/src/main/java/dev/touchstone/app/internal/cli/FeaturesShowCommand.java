package dev.touchstone.app.internal.cli;

import dev.touchstone.features.Aggregate;
import dev.touchstone.features.Column;
import dev.touchstone.features.Definitions;
import dev.touchstone.features.Lineage;
import dev.touchstone.features.Model;
import dev.touchstone.features.Registry;
import dev.touchstone.features.ViewDefinition;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `touchstone features show`.
@Command(
        name = "show",
        description = "Shows what was applied to the store: versions, views, features, readers.",
        mixinStandardHelpOptions = true)
final class FeaturesShowCommand implements Runnable {
    private final Console console;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "VIEW",
            description = "One view, with its features.")
    private Optional<String> view = Optional.empty();

    @Mixin private FeatureStoreOptions options = new FeatureStoreOptions();

    FeaturesShowCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        options.withRegistry(registry -> {
            Registry.Applied applied =
                    registry.current()
                            .orElseThrow(() ->
                                    new CommandFailure(
                                            "nothing was applied to this store yet; touchstone features apply FILE does it"));
            if (view.isPresent()) {
                show(applied, applied.definitions().view(view.get()));
            } else {
                for (Registry.Applied version : registry.all()) {
                    console.out()
                            .printf(
                                    "version %d, applied %s: %d views, %d models%n",
                                    version.version(),
                                    version.time(),
                                    version.definitions().views().size(),
                                    version.definitions().models().size());
                }
                applied.definitions().views().forEach(its -> line(applied, its));
                applied.definitions().models().forEach(this::line);
            }
        });
    }

    private void line(Registry.Applied applied, ViewDefinition definition) {
        console.out()
                .printf(
                        Locale.ROOT,
                        "  %-20s version %d, %d features, %s, owner %s%n",
                        definition.view().name(),
                        applied.views().getOrDefault(definition.view().name(), 1),
                        definition.view().features().size(),
                        tier(definition),
                        definition.owner());
    }

    private void line(Model model) {
        console.out()
                .printf(
                        "  model %s, %d features, owner %s%n",
                        model.name(), model.features().size(), model.owner());
    }

    private static String tier(ViewDefinition definition) {
        return definition.freshness().tier().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private void show(Registry.Applied applied, ViewDefinition definition) {
        line(applied, definition);
        Definitions definitions = applied.definitions();
        var lineage = new Lineage(definitions);
        for (int f = 0; f < definition.view().features().size(); f++) {
            Column feature = definition.view().features().get(f);
            int position = f;
            String from =
                    definition
                            .windows()
                            .map(source -> from(source.aggregates().get(position), definition))
                            .orElse("");
            String readers =
                    lineage
                            .breaks(definition.view().name() + "." + feature.name())
                            .models()
                            .stream()
                            .map(FeaturesPlanCommand::name)
                            .collect(Collectors.joining(", "));
            console.out()
                    .printf(
                            "    %-24s %-9s %s%s%n",
                            feature.name(),
                            feature.type().name().toLowerCase(Locale.ROOT),
                            from,
                            readers.isEmpty() ? "" : "  read by " + readers);
        }
    }

    private static String from(Aggregate aggregate, ViewDefinition definition) {
        return "%s of %s over %s"
                .formatted(
                        aggregate.function().name().toLowerCase(Locale.ROOT),
                        definition.source().features().get(aggregate.column()).name(),
                        aggregate.window());
    }
}
