package dev.touchstone.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
                        """);

        Definitions definitions = Definitions.read("features.yaml", made.definitions());
        assertThat(made.views()).containsExactly("driver_stats", "shops");
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
                                + " driver_stats.available_time=created");
        assertThat(made.notes())
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
    void that_defines_nothing_is_refused_with_the_reason() throws IOException {
        assertThatThrownBy(() -> FeastImport.read(folder))
                .hasMessageContaining("has no feature_store.yaml");
        assertThatThrownBy(() -> read("x = 1\n"))
                .hasMessageContaining("are the definitions in .py files?");
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
