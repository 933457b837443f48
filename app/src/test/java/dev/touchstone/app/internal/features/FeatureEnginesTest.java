package dev.touchstone.app.internal.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.app.internal.features.FeatureEngines.Wanted;
import dev.touchstone.features.OnlineKeys;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.OnlineRow;
import dev.touchstone.features.Value;
import dev.touchstone.features.engines.OnlineTableProvider;
import dev.touchstone.testkit.Eventually;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicReference;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("What is around a feature store while the server runs")
class FeatureEnginesTest {
    private static final String DEFINITIONS =
            """
            views:
              card:
                owner: payments-risk
                key: {card: long}
                features: {balance: long}
            """;

    /// An engine, as somebody else would write one.
    private static final String ENGINE =
            """
            package elsewhere;
            import dev.touchstone.features.engines.*;
            public final class Tables implements OnlineTableProvider {
                public boolean provides(java.net.URI address) {
                    return "elsewhere".equals(address.getScheme());
                }
                public OnlineTable open(java.net.URI address) throws java.io.IOException {
                    throw new java.io.IOException("found for " + address);
                }
            }
            """;

    @Test
    void reads_what_is_moved_into_the_folder_of_a_view(@TempDir Path folder) throws IOException {
        Path in = Files.createDirectory(folder.resolve("in"));
        Files.writeString(
                folder.resolve("features.yaml"),
                DEFINITIONS + "    source: {folder: \"%s\"}\n".formatted(in));
        var clock = new AtomicReference<>(Instant.parse("2026-03-04T12:00:00Z"));
        try (var service = FeatureService.open(folder, clock::get).orElseThrow()) {
            Path written =
                    Files.writeString(
                            in.resolve(".a.csv"),
                            "card,balance,event_time\n7,12,2026-03-04T11:00:00Z\n");
            Files.move(written, in.resolve("a.csv"));
            Eventually.holds("a row of the file", () -> sourceRows(service) >= 1);
            OnlineReader reader = service.reader(List.of("card.balance"));
            OnlineKeys keys = reader.keys(Map.of("card", Value.of(7L)));
            OnlineRow row = reader.row();
            var served = service.read(reader, List.of(keys), List.of(), List.of(row));
            assertThat(row.value(0)).isEqualTo(Value.of(12L));
            assertThat(served.rowIds()).hasSize(1);
            assertThat(service.metrics())
                    .contains("touchstone_features_source_up{view=\"card\"} 1")
                    .contains("touchstone_features_source_failures_total{view=\"card\"} 0")
                    .doesNotContain("touchstone_features_table");
        }
    }

    private static long sourceRows(FeatureService service) {
        return Optional.ofNullable(service.sources().get("card"))
                .map(counts -> counts.rows())
                .orElse(0L);
    }

    @Test
    void loads_an_engine_from_its_folder_when_somebody_asks(@TempDir Path folder)
            throws IOException {
        Files.writeString(folder.resolve("features.yaml"), DEFINITIONS);
        Path engine = engine(Files.createDirectory(folder.resolve("engine")));
        var wanted = new Wanted(Optional.of(URI.create("elsewhere://x")), Optional.empty());
        assertThatThrownBy(() -> FeatureService.open(folder, wanted, Instant::now))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("--online elsewhere: no engine here knows such an address");
        System.setProperty("touchstone.engines", engine.toString());
        try {
            assertThatThrownBy(() -> FeatureService.open(folder, wanted, Instant::now))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("found for elsewhere://x");
        } finally {
            System.clearProperty("touchstone.engines");
        }
    }

    @Test
    void has_the_classes_of_an_engine_in_memory_once(@TempDir Path folder) throws IOException {
        System.setProperty("touchstone.engines", engine(folder).toString());
        try {
            var engines = new Engines();
            assertThat(tables(engines)).isNotEmpty().isEqualTo(tables(engines));
        } finally {
            System.clearProperty("touchstone.engines");
        }
    }

    /// The classes of the tables from elsewhere.
    private static List<Class<?>> tables(Engines engines) throws IOException {
        List<Class<?>> classes = new ArrayList<>();
        engines.of(loader -> ServiceLoader.load(OnlineTableProvider.class, loader)).stream()
                .map(Object::getClass)
                .filter(its -> its.getName().equals("elsewhere.Tables"))
                .forEach(classes::add);
        return classes;
    }

    /// Compiles the engine into a jar.
    private static Path engine(Path folder) throws IOException {
        Path source = Files.writeString(folder.resolve("Tables.java"), ENGINE);
        String classes =
                System.getProperty("java.class.path")
                        + System.getProperty("path.separator")
                        + System.getProperty("jdk.module.path", "");
        int exit =
                ToolProvider.findFirst("javac")
                        .orElseThrow()
                        .run(
                                System.out,
                                System.err,
                                "-proc:none",
                                "-cp",
                                classes,
                                "-d",
                                folder.toString(),
                                source.toString());
        assertThat(exit).isZero();
        try (var jar = new JarOutputStream(Files.newOutputStream(folder.resolve("engine.jar")))) {
            jar.putNextEntry(new JarEntry("elsewhere/Tables.class"));
            jar.write(Files.readAllBytes(folder.resolve("elsewhere/Tables.class")));
            jar.putNextEntry(
                    new JarEntry(
                            "META-INF/services/dev.touchstone.features.engines.OnlineTableProvider"));
            jar.write("elsewhere.Tables".getBytes(StandardCharsets.UTF_8));
        }
        return folder;
    }

    @Test
    void needs_a_store_to_be_around(@TempDir Path folder) {
        var wanted = new Wanted(Optional.of(URI.create("redis://127.0.0.1")), Optional.empty());
        assertThatThrownBy(() -> FeatureService.open(folder, wanted, Instant::now))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there is no feature store in");
    }
}
