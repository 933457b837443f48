package dev.touchstone.features.internal.feast;

import dev.touchstone.features.Definitions;
import dev.touchstone.features.FeastImport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Makes definitions of the entities, sources and feature views in a Feast repository, from its
/// Python files or from the registry that `feast apply` wrote.
public final class FeastReader {
    private static final String NAME = "[A-Za-z][A-Za-z0-9_-]{0,62}";
    private static final String NOBODY = "nobody-yet";

    private final Map<String, Python> values;
    private final List<String> notes = new ArrayList<>();

    /// For each view, how to say what its columns are called in its file.
    private final Map<String, List<String>> renamed = new LinkedHashMap<>();

    /// The features of each view that was imported.
    private final Map<String, List<String>> views = new LinkedHashMap<>();

    private final List<String> sources = new ArrayList<>();
    private final StringBuilder yaml = new StringBuilder("views:\n");

    private FeastReader(Map<String, Python> values) {
        this.values = values;
    }

    /// See [FeastImport#read].
    public static FeastImport read(Path repository) throws IOException {
        var reader =
                new FeastReader(
                        Files.isRegularFile(repository)
                                ? RegistryReader.read(repository)
                                : python(repository));
        reader.readAll();
        if (reader.views.isEmpty()) {
            throw new IOException(
                    "%s has no feature view that can be imported%s"
                            .formatted(
                                    repository,
                                    reader.notes.isEmpty()
                                            ? "; are the definitions in .py files, or in a registry file?"
                                            : ": " + String.join("; ", reader.notes)));
        }
        String definitions = reader.yaml.toString();
        Definitions.read("features.yaml", definitions); // as strict as with everybody else's
        return new FeastImport(
                definitions, List.copyOf(reader.views.keySet()), reader.sources, reader.notes);
    }

    private static Map<String, Python> python(Path repository) throws IOException {
        if (!Files.exists(repository.resolve("feature_store.yaml"))) {
            throw new IOException(
                    "%s has no feature_store.yaml; name the folder of a Feast repository, or its registry file"
                            .formatted(repository));
        }
        Map<String, Python> values = new LinkedHashMap<>();
        for (Path file : pythonFiles(repository)) {
            String where = repository.relativize(file).toString();
            PythonReader.read(Files.readString(file))
                    .forEach((name, value) ->
                            values.put(
                                    name.startsWith("line ") ? where + " " + name : name, value));
        }
        return values;
    }

    private static List<Path> pythonFiles(Path repository) throws IOException {
        try (Stream<Path> files = Files.walk(repository)) {
            return files.filter(file -> file.toString().endsWith(".py"))
                    .filter(file -> !file.toString().contains(".venv"))
                    .sorted()
                    .toList();
        }
    }

    private void readAll() {
        List<Python.Call> services = new ArrayList<>();
        values.forEach((name, value) -> {
            if (value instanceof Python.Call call) {
                switch (call.simpleName()) {
                    case "FeatureView", "BatchFeatureView" -> view(call);
                    case "StreamFeatureView" ->
                            notes.add(
                                    "%s is a stream feature view: define its windows here by hand"
                                            .formatted(call.text("name").orElse(name)));
                    case "OnDemandFeatureView", "on_demand_feature_view" ->
                            notes.add(
                                    "on-demand view %s (%s) is Python code and was left out"
                                            .formatted(call.text("name").orElse(""), name)
                                            .replace("  ", " "));
                    case "FeatureService" -> services.add(call);
                    case "RequestSource", "PushSource", "KafkaSource", "KinesisSource" ->
                            notes.add(
                                    "%s %s has no counterpart in a definition file"
                                            .formatted(
                                                    call.simpleName(),
                                                    call.text("name").orElse(name)));
                    default -> {}
                }
            }
        });
        List<String> models =
                services.stream().flatMap(service -> model(service).stream()).distinct().toList();
        if (!models.isEmpty()) {
            yaml.append("models:\n");
            models.forEach(yaml::append);
        }
    }

    /// What reads features here is a model; requests may name it as a service.
    private Optional<String> model(Python.Call service) {
        String name = service.argument("name", 0).flatMap(this::text).orElse("");
        List<String> features = new ArrayList<>();
        for (Python wanted :
                service.argument("features", 1)
                        .map(this::resolve)
                        .map(Python::items)
                        .orElse(List.of())) {
            Python of = wanted instanceof Python.Part(Python view, _) ? view : wanted;
            String view = viewName(of);
            List<String> its = views.getOrDefault(view, List.of());
            List<String> chosen =
                    wanted instanceof Python.Part(_, List<Python> some)
                            ? some.stream()
                                    .flatMap(one -> text(one).stream())
                                    .map(FeastReader::here)
                                    .toList()
                            : its;
            List<String> there = chosen.stream().filter(its::contains).toList();
            there.forEach(feature -> features.add(view + "." + feature));
            if (there.isEmpty() || there.size() < chosen.size()) {
                notes.add(
                        "feature service %s reads %s, of which not everything was imported"
                                .formatted(name, view));
            }
        }
        if (features.isEmpty() || !name.matches(NAME)) {
            notes.add("feature service '%s' was left out".formatted(name));
            return Optional.empty();
        }
        return Optional.of(
                "  %s: {owner: \"%s\", features: [%s]}%n"
                        .formatted(
                                name,
                                owner("feature service " + name, service),
                                String.join(", ", features.stream().distinct().toList())));
    }

    private String viewName(Python view) {
        return switch (resolve(view)) {
            case Python.Call call ->
                    call.argument("name", 0)
                            .flatMap(this::text)
                            .orElseGet(() -> view instanceof Python.Name(String name) ? name : "");
            case Python.Text(String name) -> name;
            case Python.Name(String name) -> name;
            case Python.Figure _, Python.Sequence _, Python.Part _, Python.Unknown _ -> "a view";
        };
    }

    private String owner(String what, Python.Call call) {
        String owner = call.argument("owner").flatMap(this::text).orElse("");
        if (owner.isBlank()) {
            notes.add("%s has no owner; replace '%s'".formatted(what, NOBODY));
            return NOBODY;
        }
        return owner.replace("\"", "'").replace("\\", "/");
    }

    private Optional<String> text(Python value) {
        return Python.text(resolve(value));
    }

    /// What a name stands for, or the value itself.
    private Python resolve(Python value) {
        return value instanceof Python.Name(String name) ? values.getOrDefault(name, value) : value;
    }

    private void view(Python.Call call) {
        String name = call.argument("name", 0).flatMap(this::text).orElse("");
        if (!name.matches(NAME)) {
            notes.add(
                    "the feature view%s is called '%s'; a name is letters, digits, _ and -"
                            .formatted(call.line() == 0 ? "" : " on line " + call.line(), name));
            return;
        }
        if (views.containsKey(name)) {
            notes.add(
                    "%s is there twice, as in several projects; the second was left out"
                            .formatted(name));
            return;
        }
        Map<String, String> schema = schema(name, call);
        Map<String, String> key = key(name, call, schema);
        if (key.isEmpty()) {
            notes.add(
                    "%s has no entity; a view needs a key, so give it a constant one"
                            .formatted(name));
            return;
        }
        key.keySet().forEach(schema::remove);
        if (schema.isEmpty()) {
            notes.add(
                    "%s lists no feature that could be imported; Feast would infer them, write them"
                                    .formatted(name)
                            + " into its schema");
            return;
        }
        String owner = owner(name, call);
        yaml.append("  ").append(name).append(":\n");
        yaml.append("    owner: \"").append(owner).append("\"\n");
        yaml.append("    key: ").append(columns(key)).append('\n');
        yaml.append("    features: ").append(columns(schema)).append('\n');
        maxAge(name, call);
        views.put(name, List.copyOf(schema.keySet()));
        call.argument("source")
                .or(() -> call.argument("batch_source"))
                .ifPresent(source -> source(name, resolve(source)));
    }

    private static String columns(Map<String, String> columns) {
        return columns.entrySet().stream()
                .map(column -> column.getKey() + ": " + column.getValue())
                .collect(Collectors.joining(", ", "{", "}"));
    }

    /// Names and types of the columns that can be imported.
    private Map<String, String> schema(String view, Python.Call call) {
        Map<String, String> columns = new LinkedHashMap<>();
        Optional<Python> fields =
                call.argument("schema").or(() -> call.argument("features")).map(this::resolve);
        for (Python field : fields.map(Python::items).orElse(List.of())) {
            if (!(resolve(field) instanceof Python.Call one)) {
                continue;
            }
            String name = one.argument("name", 0).flatMap(this::text).orElse("");
            Optional<String> type = one.argument("dtype", 1).flatMap(FeastReader::type);
            String here = here(name);
            if (type.isEmpty() || !here.matches(NAME) || columns.containsKey(here)) {
                notes.add(
                        "%s.%s was left out: its %s"
                                .formatted(
                                        view,
                                        name,
                                        type.isPresent()
                                                ? "name is not letters, digits, _ and -"
                                                : "type has no counterpart here"));
                continue;
            }
            columns.put(here, type.get());
            if (!here.equals(name)) {
                notes.add("%s.%s is called %s here".formatted(view, name, here));
                renamed.computeIfAbsent(view, _ -> new ArrayList<>())
                        .add(" --from-column '%s.%s=%s'".formatted(view, here, name));
            }
        }
        return columns;
    }

    /// What a column is called here.
    private static String here(String name) {
        return name.replaceAll("[^A-Za-z0-9_-]", "_");
    }

    private static Optional<String> type(Python value) {
        if (!(value instanceof Python.Name(String name))) {
            return Optional.empty();
        }
        return switch (name.substring(name.lastIndexOf('.') + 1).toUpperCase(Locale.ROOT)) {
            case "INT32", "INT64" -> Optional.of("long");
            case "FLOAT32", "FLOAT64", "FLOAT", "DOUBLE" -> Optional.of("double");
            case "STRING" -> Optional.of("text");
            case "BOOL" -> Optional.of("boolean");
            case "UNIXTIMESTAMP", "UNIX_TIMESTAMP" -> Optional.of("timestamp");
            default -> Optional.empty();
        };
    }

    private Map<String, String> key(String view, Python.Call call, Map<String, String> schema) {
        Map<String, String> key = new LinkedHashMap<>();
        for (Python wanted : call.argument("entities").map(Python::items).orElse(List.of())) {
            Optional<Python.Call> entity = entity(wanted);
            if (entity.isEmpty()) {
                notes.add("%s has an entity that no file defines".formatted(view));
                continue;
            }
            String name = entity.get().argument("name", 0).flatMap(this::text).orElse("");
            String column =
                    entity.get()
                            .argument("join_keys")
                            .map(Python::items)
                            .flatMap(keys -> keys.stream().findFirst())
                            .or(() -> entity.get().argument("join_key"))
                            .flatMap(this::text)
                            .orElse(name);
            Optional<String> type =
                    entity.get()
                            .argument("value_type")
                            .flatMap(FeastReader::type)
                            .or(() -> Optional.ofNullable(schema.get(column)));
            if (type.isEmpty()) {
                notes.add(
                        "the type of key %s of %s is nowhere; text was assumed, write long if it is"
                                        .formatted(column, view)
                                + " a number");
            }
            if (type.isPresent() && !type.get().equals("long") && !type.get().equals("text")) {
                notes.add(
                        "key %s of %s is %s; keys are long or text, so text was taken"
                                .formatted(column, view, type.get()));
                type = Optional.of("text");
            }
            if (column.matches(NAME)) {
                key.put(column, type.orElse("text"));
            } else {
                notes.add(
                        "key '%s' of %s was left out: its name is computed, or is not letters, digits, _ and -"
                                .formatted(column, view));
            }
        }
        return key;
    }

    /// By the name of a variable, or by the entity's own.
    private Optional<Python.Call> entity(Python wanted) {
        if (resolve(wanted) instanceof Python.Call call) {
            return Optional.of(call);
        }
        return values.values().stream()
                .filter(value ->
                        value instanceof Python.Call call
                                && call.simpleName().equals("Entity")
                                && call.argument("name", 0).equals(Optional.of(wanted)))
                .map(Python.Call.class::cast)
                .findFirst();
    }

    private void maxAge(String view, Python.Call call) {
        Optional<Python> ttl = call.argument("ttl").map(this::resolve);
        if (ttl.isEmpty() || ttl.get() instanceof Python.Name) {
            return; // None, or nothing: any age
        }
        Optional<Long> seconds = seconds(ttl.get());
        if (seconds.isEmpty()) {
            notes.add("the ttl of %s is computed; write maxAge by hand".formatted(view));
        } else if (seconds.get() > 0) {
            yaml.append("    maxAge: ").append(seconds.get()).append("s\n");
            notes.add(
                    "the ttl of %s bounds what is served online as well here; Feast applies it to"
                                    .formatted(view)
                            + " training sets only");
        }
    }

    private static Optional<Long> seconds(Python ttl) {
        if (ttl instanceof Python.Figure(double seconds)) {
            return Optional.of((long) seconds);
        }
        if (!(ttl instanceof Python.Call call) || !call.simpleName().equals("timedelta")) {
            return Optional.empty();
        }
        Map<String, Long> units =
                Map.of(
                        "weeks", 604_800L, "days", 86_400L, "hours", 3600L, "minutes", 60L,
                        "seconds", 1L);
        double seconds = 0;
        if (!call.plain().isEmpty()) {
            if (!(call.plain().getFirst() instanceof Python.Figure(double days))) {
                return Optional.empty();
            }
            seconds += days * 86_400;
        }
        for (Map.Entry<String, Python> part : call.named().entrySet()) {
            Long unit = units.get(part.getKey());
            if (unit == null || !(part.getValue() instanceof Python.Figure(double count))) {
                return Optional.empty();
            }
            seconds += unit * count;
        }
        return Optional.of((long) seconds);
    }

    private void source(String view, Python source) {
        if (source instanceof Python.Call call && call.argument("batch_source").isPresent()) {
            source(view, resolve(call.argument("batch_source").get())); // what is behind a push
            return;
        }
        if (!(source instanceof Python.Call call) || !call.simpleName().equals("FileSource")) {
            notes.add(
                    "the source of %s is no file; export it to Parquet and join with --from"
                            .formatted(view));
            return;
        }
        var options = new StringBuilder();
        call.argument("path", 0)
                .flatMap(this::text)
                .ifPresentOrElse(
                        path -> options.append("--from %s=%s".formatted(view, path)),
                        () -> options.append("--from %s=FILE.parquet".formatted(view)));
        call.text("timestamp_field")
                .or(() -> call.text("event_timestamp_column"))
                .ifPresent(column ->
                        options.append(" --from-column %s.event_time=%s".formatted(view, column)));
        call.text("created_timestamp_column")
                .filter(column -> !column.isEmpty())
                .ifPresent(column -> {
                    options.append(" --from-column %s.available_time=%s".formatted(view, column));
                    notes.add(
                            "%s: %s becomes the time of availability, so rows created after a"
                                            .formatted(view, column)
                                    + " label are not seen by it; Feast uses it to break ties only");
                });
        if (call.argument("field_mapping").isPresent()) {
            notes.add(
                    "%s has a field mapping; add --from-column %s.COLUMN=NAME for each"
                            .formatted(view, view));
        }
        renamed.getOrDefault(view, List.of()).forEach(options::append);
        sources.add(options.toString());
    }
}
