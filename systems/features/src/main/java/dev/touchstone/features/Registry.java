package dev.touchstone.features;

import dev.touchstone.features.internal.log.Disk;
import dev.touchstone.features.internal.log.DiskFiles;
import dev.touchstone.features.internal.log.FolderDisk;
import dev.touchstone.features.internal.log.FolderFiles;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Which definitions a store has been told to use: every set that was ever applied, as it was
/// written, one file each. The last one counts. It is there as a whole or not at all, whatever
/// happens while it is applied.
public final class Registry implements Closeable {
    private static final String FOLDER = "_registry";
    private static final String UNFINISHED = ".tmp";
    private static final String FILE_PATTERN = "[0-9]{8}\\.yaml";

    private final DiskFiles files;
    private final Optional<Disk> disk;
    private final RowsBefore rows;

    private Registry(DiskFiles files, Optional<Disk> disk, RowsBefore rows) {
        this.files = files;
        this.disk = disk;
        this.rows = rows;
    }

    Registry(Disk disk, RowsBefore rows) throws IOException {
        this(disk, Optional.of(disk), rows);
        for (String name : disk.list()) {
            if (name.endsWith(UNFINISHED)) {
                disk.delete(name);
            }
        }
    }

    /// Opens the registry of a store; one process at a time.
    public static Registry open(Path store) throws IOException {
        Disk disk = FolderDisk.open(store.resolve(FOLDER));
        try {
            return new Registry(disk, RowsBefore.in(store));
        } catch (IOException e) {
            disk.close();
            throw e;
        }
    }

    /// Opens the registry of a store to ask it, beside whoever has it open: a version is there as a
    /// whole or not at all, and never changes.
    public static Registry openToRead(Path store) {
        return new Registry(
                new FolderFiles(store.resolve(FOLDER)), Optional.empty(), RowsBefore.in(store));
    }

    /// Whether anything was ever applied to a store.
    public static boolean exists(Path store) {
        return Files.isDirectory(store.resolve(FOLDER));
    }

    /// A set of definitions that was applied.
    ///
    /// @param version 1 for the first
    /// @param time when it was applied, as text
    /// @param views for each view, how often it has changed, from 1 on
    public record Applied(
            int version, String time, Definitions definitions, Map<String, Integer> views) {
        public Applied {
            views = Map.copyOf(views);
        }
    }

    /// The definitions that count, if any were applied.
    public Optional<Applied> current() throws IOException {
        List<String> files = files();
        return files.isEmpty() ? Optional.empty() : Optional.of(read(files.getLast()));
    }

    /// All that were applied, the first first.
    public List<Applied> all() throws IOException {
        return latest(Integer.MAX_VALUE);
    }

    /// The last that were applied, the first of them first.
    ///
    /// @param count how many at most
    public List<Applied> latest(int count) throws IOException {
        List<String> files = files();
        List<Applied> latest = new ArrayList<>();
        for (String file : files.subList(Math.max(0, files.size() - count), files.size())) {
            latest.add(read(file));
        }
        return latest;
    }

    private List<String> files() throws IOException {
        return files.list().stream().filter(name -> name.matches(FILE_PATTERN)).sorted().toList();
    }

    private Applied read(String file) throws IOException {
        String text;
        try (Arena arena = Arena.ofConfined()) {
            text = StandardCharsets.UTF_8.decode(files.map(file, arena).asByteBuffer()).toString();
        }
        List<String> lines = text.lines().limit(2).toList();
        String[] first = lines.getFirst().split("[ ,]+", -1);
        Map<String, Integer> views = new LinkedHashMap<>();
        for (String view : lines.get(1).split(" ", -1)) {
            int equals = view.indexOf('=');
            if (equals > 0) {
                views.put(view.substring(0, equals), Integer.parseInt(view.substring(equals + 1)));
            }
        }
        return new Applied(
                Integer.parseInt(first[2]), first[4], Definitions.read(file, text), views);
    }

    /// What would change, and what must not because of rows that the store has.
    public List<DefinitionChange> plan(Definitions definitions) throws IOException {
        Definitions before = before();
        List<DefinitionChange> changes =
                new ArrayList<>(DefinitionChange.between(before, definitions));
        for (ViewDefinition now : definitions.views()) {
            Optional<ViewDefinition> its = before.find(now.view().name());
            if (!its.equals(Optional.of(now))) {
                changes.addAll(rows.against(its.isPresent() ? its : dropped(now), now));
            }
        }
        return changes;
    }

    /// A view of that name that was dropped, as it was last; its rows are there still.
    private Optional<ViewDefinition> dropped(ViewDefinition again) throws IOException {
        String name = again.view().name();
        return rows.rows().of(name).isEmpty()
                ? Optional.empty()
                : all().stream()
                        .flatMap(its -> its.definitions().find(name).stream())
                        .reduce((_, later) -> later);
    }

    private Definitions before() throws IOException {
        return current().map(Applied::definitions).orElse(new Definitions(List.of()));
    }

    /// Applies a file; on the disk when this returns.
    ///
    /// @param file its name, for messages
    /// @param time the present, in nanoseconds
    /// @return what changed; when that is nothing, no version was made
    /// @throws DefinitionException when it is no set of definitions, or a change would break a
    ///   model or leave rows that nobody can read; then nothing is applied
    public List<DefinitionChange> apply(String file, String text, long time) throws IOException {
        Definitions definitions = Definitions.read(file, text);
        List<DefinitionChange> changes = plan(definitions);
        List<DefinitionChange> refused =
                changes.stream().filter(DefinitionChange::refused).toList();
        if (!refused.isEmpty()) {
            throw new DefinitionException(
                    refused.stream().map(Registry::refusal).collect(Collectors.joining("\n")));
        }
        if (!changes.isEmpty()) {
            write(definitions, text, changes, time);
        }
        return changes;
    }

    private static String refusal(DefinitionChange change) {
        if (change.unreadable()) {
            return "%s %s".formatted(change.name(), change.what());
        }
        return "%s: %s; still read by %s"
                .formatted(
                        change.name(),
                        change.what(),
                        change.models().stream()
                                .map(model -> "%s (%s)".formatted(model.name(), model.owner()))
                                .toList());
    }

    private void write(
            Definitions definitions, String text, List<DefinitionChange> changes, long time)
            throws IOException {
        Disk owned = disk.orElseThrow(() -> new IOException("the registry was opened to be read"));
        Optional<Applied> before = current();
        int version = before.map(Applied::version).orElse(0) + 1;
        Map<String, Integer> views = new TreeMap<>();
        for (ViewDefinition definition : definitions.views()) {
            String view = definition.view().name();
            int old = before.map(its -> its.views().getOrDefault(view, 0)).orElse(0);
            boolean changed =
                    changes.stream()
                            .anyMatch(change ->
                                    change.name().equals(view)
                                            || change.name().startsWith(view + "."));
            views.put(view, changed ? old + 1 : old);
        }
        String list =
                views.entrySet().stream()
                        .map(view -> " " + view.getKey() + "=" + view.getValue())
                        .collect(Collectors.joining());
        String body = text.startsWith("# version ") ? withoutHeader(text) : text;
        String whole =
                "# version %d, applied %s\n# views%s\n".formatted(version, Times.text(time), list)
                        + body;
        String name = "%08d.yaml".formatted(version);
        try (Disk.Appender out = owned.append(name + UNFINISHED)) {
            out.truncate(0);
            out.write(ByteBuffer.wrap(whole.getBytes(StandardCharsets.UTF_8)));
            out.force();
        }
        owned.rename(name + UNFINISHED, name);
        owned.force();
    }

    /// A version that is applied again, as after a mistake.
    private static String withoutHeader(String text) {
        return text.lines().skip(2).collect(Collectors.joining("\n", "", "\n"));
    }

    @Override
    public void close() throws IOException {
        if (disk.isPresent()) {
            disk.get().close();
        }
    }
}
