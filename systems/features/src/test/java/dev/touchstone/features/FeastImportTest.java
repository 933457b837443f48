package dev.touchstone.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A Feast repository")
class FeastImportTest {
    @TempDir private Path folder = Path.of("");

    private FeastImport read(String python) throws IOException {
        Files.writeString(folder.resolve("feature_store.yaml"), "project: rides\n");
        Files.writeString(folder.resolve("definitions.py"), python);
        return FeastImport.read(folder);
    }

    @Test
    void becomes_definitions_with_a_report_of_what_did_not() throws IOException {
        FeastImport made =
                read(
                        """
                        # What drivers did.
                        from datetime import timedelta
                        import pandas as pd
                        from feast import Entity, FeatureView, Field, FileSource
                        from feast.types import Array, Float32, Int64, String

                        driver = Entity(name="driver", join_keys=["driver_id"])
                        shop = Entity(name="shop", value_type=ValueType.INT64, description='the "shop"')

                        stats_source = FileSource(
                            name="driver_stats_source",
                            path="data/driver_stats.parquet",  # local
                            timestamp_field="event_timestamp",
                            created_timestamp_column="created",
                        )

                        stats: FeatureView = FeatureView(
                            name="driver_stats",
                            entities=[driver],
                            ttl=timedelta(days=2 * 7, hours=1),
                            schema=[
                                Field(name="driver_id", dtype=Int64),
                                Field(name="conv_rate", dtype=Float32, description="a, b)"),
                                Field(name="trips", dtype=Int64),
                                Field(name="embedding", dtype=Array(Float32)),
                            ],
                            online=True,
                            source=stats_source,
                            tags={"team": "x", "nested": {"a": [1, 2]}},
                            owner="drivers@example.com",
                        )

                        shops = FeatureView(
                            name="shops",
                            entities=["shop", driver],
                            ttl=None,
                            features=[Feature(name="name", dtype=ValueType.STRING)],
                            batch_source=BigQuerySource(table="p.d.t"),
                        )

                        @on_demand_feature_view(
                            sources=[stats],
                            schema=[Field(name="twice", dtype=Int64)],
                        )
                        def twice(inputs: pd.DataFrame) -> pd.DataFrame:
                            df = FeatureView(name="not at the top")
                            return df

                        service = FeatureService(name="model_v1", features=[stats[["trips"]], twice])
                        SERVICE = "model_v2"
                        all_of_it = FeatureService(name=SERVICE, features=[stats, shops], owner="ml")
                        nothing = FeatureService(name="model_v3", features=[twice])
                        computed = FeatureView(name="computed", entities=[Entity(name=f())],
                            schema=[Field(name="x", dtype=Int64)], source=PushSource(
                                name="push", batch_source=FileSource(path="p.parquet")))
                        pushed = FeatureView(name="pushed", entities=[driver],
                            schema=[Field(name="mean radius", dtype=Int64)], source=PushSource(
                                name="push", batch_source=FileSource(path="p.parquet")))
                        """);

        Definitions definitions = Definitions.read("features.yaml", made.definitions());
        assertThat(made.views()).containsExactly("driver_stats", "shops", "pushed");
        assertThat(definitions.models())
                .containsExactly(
                        new Model("model_v1", "nobody-yet", List.of("driver_stats.trips")),
                        new Model(
                                "model_v2",
                                "ml",
                                List.of(
                                        "driver_stats.conv_rate",
                                        "driver_stats.trips",
                                        "shops.name")));
        ViewDefinition stats = definitions.view("driver_stats");
        assertThat(stats.owner()).isEqualTo("drivers@example.com");
        assertThat(stats.view().key()).containsExactly(new Column("driver_id", ColumnType.LONG));
        assertThat(stats.view().features())
                .containsExactly(
                        new Column("conv_rate", ColumnType.DOUBLE),
                        new Column("trips", ColumnType.LONG));
        assertThat(stats.view().rule().maxAgeNanos()).isEqualTo((14 * 24 + 1) * 3_600_000_000_000L);
        FeatureView shops = definitions.view("shops").view();
        assertThat(shops.key())
                .containsExactly(
                        new Column("shop", ColumnType.LONG),
                        new Column("driver_id", ColumnType.TEXT));
        assertThat(shops.rule()).isEqualTo(AsOfRule.DEFAULT);

        assertThat(made.sources())
                .containsExactly(
                        "--from driver_stats=data/driver_stats.parquet --from-column"
                                + " driver_stats.event_time=event_timestamp --from-column"
                                + " driver_stats.available_time=created",
                        "--from pushed=p.parquet --from-column 'pushed.mean_radius=mean radius'");
        assertThat(made.notes())
                .anyMatch(note -> note.contains("pushed.mean radius is called mean_radius here"))
                .anyMatch(note -> note.contains("key '' of computed was left out"))
                .anyMatch(note -> note.contains("feature service 'model_v3' was left out"))
                .anyMatch(note -> note.contains("model_v1 reads twice, of which not everything"))
                .anyMatch(note -> note.contains("driver_stats.embedding was left out"))
                .anyMatch(note -> note.contains("created becomes the time of availability"))
                .anyMatch(note -> note.contains("type of key driver_id of shops is nowhere"))
                .anyMatch(note -> note.contains("shops has no owner"))
                .anyMatch(note -> note.contains("source of shops is no file"))
                .anyMatch(note -> note.contains("on-demand view"))
                .anyMatch(note -> note.contains("model_v1"))
                .anyMatch(note -> note.contains("ttl of driver_stats bounds what is served"));
    }

    @Test
    void becomes_the_same_definitions_from_its_registry() throws IOException {
        Message source =
                new Message()
                        .number(1, 1)
                        .text(3, "event_timestamp")
                        .text(5, "created")
                        .message(11, new Message().text(2, "data/driver_stats.parquet"))
                        .text(20, "driver_stats_source");
        Message view =
                new Message()
                        .text(1, "driver_stats")
                        .text(2, "rides")
                        .text(3, "driver")
                        .message(4, new Message().text(1, "conv_rate").number(2, 6))
                        .message(4, new Message().text(1, "embedding").number(2, 16))
                        .message(6, new Message().number(1, 86_400))
                        .message(7, source)
                        .text(11, "drivers@example.com")
                        .message(12, new Message().text(1, "driver_id").number(2, 4));
        Message everywhere =
                new Message().text(1, "everywhere").text(2, "rides").text(3, "__dummy");
        byte[] registry =
                new Message()
                        .message(1, spec(new Message().text(1, "driver").text(4, "driver_id")))
                        .message(1, spec(new Message().text(1, "__dummy").text(4, "__dummy_id")))
                        .text(3, "1")
                        .message(6, spec(view))
                        .message(6, spec(everywhere))
                        .message(
                                7,
                                spec(
                                        new Message()
                                                .text(1, "model_v1")
                                                .text(2, "rides")
                                                .message(
                                                        3,
                                                        new Message()
                                                                .text(1, "driver_stats")
                                                                .message(
                                                                        2,
                                                                        new Message()
                                                                                .text(
                                                                                        1,
                                                                                        "conv_rate")))))
                        .message(8, spec(new Message().text(1, "twice").text(2, "rides")))
                        .message(12, new Message().number(1, 9).text(20, "pushed"))
                        .toByteArray();
        Path file = Files.write(folder.resolve("registry.db"), registry);

        FeastImport made = FeastImport.read(file);

        Definitions definitions = Definitions.read("features.yaml", made.definitions());
        assertThat(definitions.models())
                .containsExactly(
                        new Model("model_v1", "nobody-yet", List.of("driver_stats.conv_rate")));
        ViewDefinition stats = definitions.view("driver_stats");
        assertThat(stats.owner()).isEqualTo("drivers@example.com");
        assertThat(stats.view().key()).containsExactly(new Column("driver_id", ColumnType.LONG));
        assertThat(stats.view().features())
                .containsExactly(new Column("conv_rate", ColumnType.DOUBLE));
        assertThat(stats.view().rule().maxAgeNanos()).isEqualTo(24 * 3_600_000_000_000L);
        assertThat(made.sources())
                .containsExactly(
                        "--from driver_stats=data/driver_stats.parquet --from-column"
                                + " driver_stats.event_time=event_timestamp --from-column"
                                + " driver_stats.available_time=created");
        assertThat(made.notes())
                .anyMatch(note -> note.contains("driver_stats.embedding was left out"))
                .anyMatch(note -> note.contains("everywhere has no entity"))
                .anyMatch(note -> note.contains("model_v1"))
                .anyMatch(note -> note.contains("on-demand view twice"))
                .anyMatch(note -> note.contains("PushSource pushed"));

        // Cut off anywhere, it is refused or says what is left of it.
        for (int length = 0; length < registry.length; length++) {
            Files.write(file, Arrays.copyOf(registry, length));
            try {
                assertThat(FeastImport.read(file).views()).isNotEmpty();
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("registry.db");
            }
        }
        Files.writeString(file, "SQLite format 3\0");
        assertThatThrownBy(() -> FeastImport.read(file)).hasMessageContaining("registry in SQL");
    }

    private static Message spec(Message spec) {
        return new Message().message(1, spec);
    }

    /// Writes Protobuf, as far as a registry needs it.
    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message number(int field, long value) {
            varint(field << 3);
            varint(value);
            return this;
        }

        Message text(int field, String text) {
            return bytes(field, text.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message message) {
            return bytes(field, message.toByteArray());
        }

        private Message bytes(int field, byte[] bytes) {
            varint(field << 3 | 2);
            varint(bytes.length);
            out.writeBytes(bytes);
            return this;
        }

        private void varint(long value) {
            long left = value;
            while (left > 0x7F) {
                out.write((int) (left & 0x7F) | 0x80);
                left >>>= 7;
            }
            out.write((int) left);
        }

        byte[] toByteArray() {
            return out.toByteArray();
        }
    }

    @Test
    void that_defines_nothing_is_refused_with_the_reason() throws IOException {
        assertThatThrownBy(() -> FeastImport.read(folder))
                .hasMessageContaining("has no feature_store.yaml");
        assertThatThrownBy(() -> read("x = 1\n"))
                .hasMessageContaining("are the definitions in .py files");
        assertThatThrownBy(() ->
                        read(
                                """
                                v = FeatureView(name="v", schema=[Field(name="x", dtype=Int64)])
                                """))
                .hasMessageContaining("v has no entity");
    }

    /// Whatever stands there, reading ends.
    @Test
    void of_broken_python_does_not_hang_or_crash() throws IOException {
        String python =
                "v = FeatureView(name='v', entities=[Entity(name='k')], schema=[Field(name='x',"
                        + " dtype=Int64)], ttl=timedelta(1))\n";
        for (int cut = 1; cut < python.length(); cut++) {
            String broken = python.substring(0, cut) + "\n]) }\n" + python;
            try {
                assertThat(read(broken).views()).isNotEmpty();
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("no feature view that can be imported");
            }
        }
    }
}
