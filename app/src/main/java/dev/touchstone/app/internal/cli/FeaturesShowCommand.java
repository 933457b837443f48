package dev.touchstone.app.internal.cli;

import dev.touchstone.features.Column;
import dev.touchstone.features.ComputedView;
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
        if (!options.hasRegistry()) {
            throw nothing();
        }
        options.withRegistry(registry -> {
            Registry.Applied applied = registry.current().orElseThrow(FeaturesShowCommand::nothing);
            if (view.isPresent()) {
                show(applied, view.get());
                return;
            }
            for (Registry.Applied version : registry.all()) {
                console.out()
                        .printf(
                                "version %d, applied %s: %s, %s%n",
                                version.version(),
                                version.time(),
                                count(version.definitions().columns().size(), "view"),
                                count(version.definitions().models().size(), "model"));
            }
            applied.definitions().views().forEach(its -> line(applied, its));
            applied.definitions().computed().forEach(this::line);
            applied.definitions().models().forEach(this::line);
        });
    }

    private static CommandFailure nothing() {
        return new CommandFailure(
                "nothing was applied to this store yet; touchstone features apply FILE does it");
    }

    private static String count(int many, String what) {
        return many == 1 ? "1 " + what : "%,d %ss".formatted(many, what);
    }

    private void show(Registry.Applied applied, String name) {
        Optional<ComputedView> formulas = applied.definitions().computed(name);
        if (formulas.isPresent()) {
            show(applied.definitions(), formulas.get());
        } else {
            show(applied, applied.definitions().view(name));
        }
    }

    private void line(ComputedView formulas) {
        console.out()
                .printf(
                        Locale.ROOT,
                        "  %-20s %s, computed on request, owner %s%n",
                        formulas.name(),
                        count(formulas.features().size(), "feature"),
                        formulas.owner());
    }

    private void show(Definitions definitions, ComputedView formulas) {
        line(formulas);
        var lineage = new Lineage(definitions);
        for (ComputedView.Computed feature : formulas.features()) {
            feature(
                    new Column(feature.name(), feature.type()),
                    feature.text(),
                    readers(lineage, formulas.name() + "." + feature.name()));
        }
    }

    private static String readers(Lineage lineage, String feature) {
        return lineage.breaks(feature).models().stream()
                .map(FeaturesPlanCommand::name)
                .collect(Collectors.joining(", "));
    }

    private void feature(Column feature, String from, String readers) {
        console.out()
                .printf(
                        "    %-24s %-9s %s%s%n",
                        feature.name(),
                        feature.type().name().toLowerCase(Locale.ROOT),
                        from,
                        readers.isEmpty() ? "" : "  read by " + readers);
    }

    private void line(Registry.Applied applied, ViewDefinition definition) {
        console.out()
                .printf(
                        Locale.ROOT,
                        "  %-20s version %d, %s, %s, owner %s%n",
                        definition.view().name(),
                        applied.views().getOrDefault(definition.view().name(), 1),
                        count(definition.view().features().size(), "feature"),
                        tier(definition),
                        definition.owner());
    }

    private void line(Model model) {
        console.out()
                .printf(
                        "  model %s, %s, owner %s%n",
                        model.name(), count(model.features().size(), "feature"), model.owner());
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
            String from = definition.windows().map(source -> source.text(position)).orElse("");
            feature(
                    feature,
                    from,
                    readers(lineage, definition.view().name() + "." + feature.name()));
        }
    }
}
