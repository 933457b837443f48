package dev.touchstone.arena;

import dev.touchstone.arena.internal.DeploymentFactory;
import dev.touchstone.arena.internal.Names;
import dev.touchstone.arena.internal.content.ContentSchema;
import dev.touchstone.arena.internal.content.IncidentPlan;
import dev.touchstone.arena.internal.content.IncidentReader;
import dev.touchstone.arena.internal.content.ScriptReader;
import dev.touchstone.arena.internal.grading.Grader;
import dev.touchstone.arena.internal.grading.References;
import dev.touchstone.arena.internal.longcontext.LongContextFactory;
import dev.touchstone.arena.internal.play.SimulatedRun;
import dev.touchstone.arena.internal.play.Simulation;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The incidents that can be played, read from their data files and checked against the schema.
///
/// Safe for use by several threads; a run that it starts is for one at a time.
public final class IncidentCatalog {
    private static final List<String> FILES = List.of("wr4.yaml");

    private final Map<String, IncidentPlan> plans = new LinkedHashMap<>();
    private final Map<String, DeploymentFactory> deployments;
    private final References references = new References();

    private IncidentCatalog(List<DeploymentFactory> deployments) {
        this.deployments =
                deployments.stream()
                        .collect(Collectors.toMap(DeploymentFactory::name, Function.identity()));
    }

    /// The incidents that ship with Touchstone.
    ///
    /// @throws ContentException when a file does not fit its schema or contradicts itself
    public static IncidentCatalog builtIn() {
        return of(
                List.of(new LongContextFactory()),
                FILES.stream().collect(Collectors.toMap(file -> file, IncidentCatalog::resource)));
    }

    /// A catalogue of the given files.
    ///
    /// @param files texts by file name
    static IncidentCatalog of(List<DeploymentFactory> deployments, Map<String, String> files) {
        var catalog = new IncidentCatalog(deployments);
        files.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(file -> catalog.add(file.getKey(), file.getValue()));
        return catalog;
    }

    private void add(String file, String text) {
        IncidentPlan plan = IncidentReader.read(file, text, deployments.keySet());
        IncidentPlan other = plans.putIfAbsent(plan.incident().id(), plan);
        if (other != null) {
            throw new ContentException(
                    "%s: id: '%s' is taken by %s; give every incident an id of its own"
                            .formatted(file, plan.incident().id(), other.file()));
        }
    }

    /// All incidents, in the order of their files' names.
    public List<Incident> incidents() {
        return plans.values().stream().map(IncidentPlan::incident).toList();
    }

    /// The incident with this id.
    public Optional<Incident> find(String id) {
        return Optional.ofNullable(plans.get(id)).map(IncidentPlan::incident);
    }

    /// Starts a run; equal seeds start equal runs.
    ///
    /// @param seed decides the variant (the file's variants in turn: seed 0 plays the first, seed 1
    ///   the second, …) and every random draw
    /// @throws IllegalArgumentException when the incident is not of this catalogue
    public IncidentRun start(Incident incident, long seed) {
        IncidentPlan plan =
                plan(incident.id())
                        .orElseThrow(() -> new IllegalArgumentException(unknown(incident.id())));
        DeploymentFactory factory = factory(plan);
        return new SimulatedRun(
                plan,
                seed,
                new Simulation(plan, factory, seed, true, false),
                new Grader(factory, references));
    }

    /// Plays a recorded run again, up to its last action.
    ///
    /// @throws ContentException when the record names an unknown incident or an action that its run
    ///   refuses
    public IncidentRun replay(RunRecord record) {
        IncidentPlan plan =
                plan(record.incident())
                        .orElseThrow(() -> new ContentException(unknown(record.incident())));
        IncidentRun run = start(plan.incident(), record.seed());
        for (int i = 0; i < record.actions().size(); i++) {
            Action action = record.actions().get(i);
            if (run.act(action) instanceof Outcome.Refused(Outcome.Kind _, String reason)) {
                throw new ContentException(
                        "actions[%d] is refused on seed %d: %s"
                                .formatted(i, record.seed(), reason));
            }
        }
        return run;
    }

    /// The JSON schema that incident files are checked against; its `$defs/script` is that of
    /// scripts.
    public static String schema() {
        return ContentSchema.builtIn().text();
    }

    /// Reads a script: `incident`, `seed` and `actions` in YAML or JSON.
    ///
    /// @param source the file's name, for messages
    /// @throws ContentException with file and field when it cannot be read as one
    public RunRecord readScript(String source, String text) {
        RunRecord record = ScriptReader.read(source, text);
        if (plan(record.incident()).isEmpty()) {
            throw new ContentException(
                    "%s: incident: %s".formatted(source, unknown(record.incident())));
        }
        return record;
    }

    private Optional<IncidentPlan> plan(String id) {
        return Optional.ofNullable(plans.get(id));
    }

    private DeploymentFactory factory(IncidentPlan plan) {
        return Optional.ofNullable(deployments.get(plan.deployment())).orElseThrow();
    }

    private String unknown(String id) {
        return "there is no incident '%s'; %s".formatted(id, Names.hint(id, plans.keySet()));
    }

    private static String resource(String file) {
        String path = "incidents/" + file;
        try (InputStream in = IncidentCatalog.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new ContentException(
                        "%s is not in this build; list only files that are packaged"
                                .formatted(path));
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path, e);
        }
    }
}
