package dev.touchstone.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.features.Definitions;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.Mode;
import dev.touchstone.features.OnlineKeys;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.OnlineRow;
import dev.touchstone.features.OnlineStore;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.ViewDefinition;
import dev.touchstone.features.cases.CaseFile;
import dev.touchstone.features.cases.CaseLabel;
import dev.touchstone.features.cases.FeatureCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The case files, those that can be asked online, with Redis as the table that is served from.
@DisplayName("The cases, served from Redis,")
class CasesInRedisTest {
    private static final Path CASES = Path.of("../../systems/features/src/test/resources/cases");

    @TempDir private static Path servers = Path.of("");

    private static Optional<RedisServer> server = Optional.empty();

    @TempDir private Path folder = Path.of("");

    @BeforeAll
    static void start() throws IOException {
        server = Optional.of(RedisServer.start(servers));
    }

    @AfterAll
    static void stop() {
        server.orElseThrow().close();
    }

    static List<Path> cases() throws IOException {
        try (Stream<Path> files = Files.list(CASES)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .filter(CasesInRedisTest::canBeAsked)
                    .sorted()
                    .toList();
        }
    }

    private static FeatureCase read(Path file) {
        try {
            return CaseFile.read(file.toString(), Files.readString(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// As for the embedded store: no tombstones of events, no windows of a number of events, no
    /// other moment than that of the label, and none at the end of time.
    private static boolean canBeAsked(Path file) {
        FeatureCase read = read(file);
        return read.expected().containsKey(Mode.KNOWN_AT_THE_TIME)
                && switch (read) {
                    case FeatureCase.AsOf asOf ->
                            asOf.labels().stream().allMatch(label -> time(label) != Times.INFINITY);
                    case FeatureCase.Windows windows -> windows.canBeServed();
                };
    }

    private static long time(CaseLabel label) {
        return label.time() instanceof Value.Whole(long time) ? time : Times.MINUS_INFINITY;
    }

    @Test
    void are_at_least_fifteen() throws IOException {
        assertThat(cases()).hasSizeGreaterThanOrEqualTo(15);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void have_the_same_answers(Path file) throws IOException {
        FeatureCase one = read(file);
        Map<ViewDefinition, List<FeatureRow>> histories = histories(one);
        var definitions = new Definitions(List.copyOf(histories.keySet()));
        List<List<Value>> wanted = one.expected().get(Mode.KNOWN_AT_THE_TIME);
        String prefix = file.getFileName().toString().replace(".yaml", "");
        try (var table = RedisTable.open(server.orElseThrow().address(prefix));
                var store = FeatureStore.open(folder, definitions)) {
            // Half of the rows come before the table, half after: filled and pushed are the same.
            for (Map.Entry<ViewDefinition, List<FeatureRow>> its : histories.entrySet()) {
                List<FeatureRow> rows = its.getValue();
                store.append(its.getKey().view().name(), rows.subList(0, rows.size() / 2));
            }
            var online = store.online(table, Times.MINUS_INFINITY);
            for (Map.Entry<ViewDefinition, List<FeatureRow>> its : histories.entrySet()) {
                List<FeatureRow> rows = its.getValue();
                store.append(
                        its.getKey().view().name(), rows.subList(rows.size() / 2, rows.size()));
            }
            assertThat(answers(one, histories, online))
                    .as("%s: %s", file, one.title())
                    .isEqualTo(wanted);
        }
        // What was pushed is served after a restart, and when Redis has lost everything.
        for (boolean lost : List.of(false, true)) {
            if (lost) {
                server.orElseThrow().kill();
                server.orElseThrow().restart();
            }
            // The labels are asked about from the first on again, and moments do not go back.
            Files.deleteIfExists(folder.resolve("moment"));
            try (var table = RedisTable.open(server.orElseThrow().address(prefix));
                    var store = FeatureStore.open(folder, definitions)) {
                var online = store.online(table, Times.MINUS_INFINITY);
                assertThat(answers(one, histories, online))
                        .as("%s, opened again, Redis empty: %s", file, lost)
                        .isEqualTo(wanted);
            }
        }
    }

    private static List<List<Value>> answers(
            FeatureCase one, Map<ViewDefinition, List<FeatureRow>> histories, OnlineStore online) {
        return answers(
                one.labels(),
                online.reader(
                        histories.keySet().stream().map(its -> its.view().name() + ".*").toList()));
    }

    private static List<List<Value>> answers(List<CaseLabel> labels, OnlineReader reader) {
        Map<Integer, List<Value>> cells = new HashMap<>();
        IntStream.range(0, labels.size())
                .boxed()
                .sorted(Comparator.comparingLong(label -> time(labels.get(label))))
                .forEach(at -> {
                    CaseLabel label = labels.get(at);
                    OnlineKeys keys = reader.keys();
                    for (int entity = 0; entity < reader.entities().size(); entity++) {
                        Optional<EntityKey> key = label.entity(reader.entities().get(entity));
                        if (key.isPresent() && label.time() instanceof Value.Whole) {
                            keys.set(entity, key.get());
                        }
                    }
                    OnlineRow row = reader.row();
                    reader.read(keys, time(label), row);
                    cells.put(at, IntStream.range(0, row.size()).mapToObj(row::value).toList());
                });
        return IntStream.range(0, labels.size())
                .mapToObj(at -> cells.getOrDefault(at, List.of()))
                .toList();
    }

    private static Map<ViewDefinition, List<FeatureRow>> histories(FeatureCase one) {
        Map<ViewDefinition, List<FeatureRow>> histories = new LinkedHashMap<>();
        switch (one) {
            case FeatureCase.AsOf asOf ->
                    asOf.views()
                            .forEach(history ->
                                    histories.put(
                                            new ViewDefinition(history.view(), "us"),
                                            history.rows()));
            case FeatureCase.Windows windows -> histories.put(windows.definition(), windows.rows());
        }
        return histories;
    }
}
