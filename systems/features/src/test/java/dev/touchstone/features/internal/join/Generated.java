package dev.touchstone.features.internal.join;

import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.AsOfRule.Boundary;
import dev.touchstone.features.AsOfRule.StalenessClock;
import dev.touchstone.features.Column;
import dev.touchstone.features.ColumnType;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureView;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// A view, its history and labels, drawn so that everything awkward happens: ties in each of the
/// three orders, infinite times and values, single nanoseconds, corrections before and after the
/// label, tombstones, missing values, one key that has most rows, clocks that jump an hour.
public final class Generated {
    /// An hour after which times repeat, and one nanosecond, are both near.
    private static final long HOUR = 3_600_000_000_000L;

    /// The autumn clock change of 2025 in Europe, 01:00 UTC.
    private static final long ORIGIN = 1_761_440_400_000_000_000L;

    private static final List<Column> FEATURES =
            List.of(
                    new Column("row", ColumnType.LONG),
                    new Column("real", ColumnType.DOUBLE),
                    new Column("text", ColumnType.TEXT),
                    new Column("truth", ColumnType.BOOLEAN),
                    new Column("time", ColumnType.TIMESTAMP));

    private static final double[] REALS = {
        0.0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.MIN_VALUE,
    };

    public final FeatureView view;
    public final List<FeatureRow> rows = new ArrayList<>();

    private final RandomGenerator random;
    private final List<EntityKey> entities = new ArrayList<>();
    private final int lateness;
    private final boolean masked;

    public Generated(RandomGenerator random, int rowCount) {
        this.random = random;
        this.lateness = random.nextInt(4);
        this.masked = random.nextInt(4) > 0;
        int keyKind = random.nextInt(3);
        this.view = new FeatureView("generated", keyColumns(keyKind), FEATURES, rule());
        int entityCount = 1 + random.nextInt(1 + rowCount / 4);
        for (int i = 0; i < entityCount; i++) {
            entities.add(entity(keyKind, i));
        }
        for (int i = 0; i < rowCount; i++) {
            rows.add(row(i));
        }
    }

    private static List<Column> keyColumns(int kind) {
        return switch (kind) {
            case 0 -> List.of(new Column("id", ColumnType.LONG));
            case 1 -> List.of(new Column("name", ColumnType.TEXT));
            default ->
                    List.of(new Column("id", ColumnType.LONG), new Column("name", ColumnType.TEXT));
        };
    }

    private EntityKey entity(int kind, int i) {
        long id = i % 3 == 0 ? i : random.nextLong();
        String name = "n".repeat(i % 20) + i / 2;
        return switch (kind) {
            case 0 -> EntityKey.of(id);
            case 1 -> EntityKey.of(name + (char) ('ä' + i % 2));
            default -> new EntityKey(List.of(Value.of(i / 2L), Value.of(i % 2 == 0 ? "" : name)));
        };
    }

    private AsOfRule rule() {
        return new AsOfRule(
                random.nextBoolean() ? Boundary.AT_OR_BEFORE : Boundary.BEFORE,
                random.nextBoolean() ? 0 : span(),
                random.nextBoolean() ? AsOfRule.UNBOUNDED : span(),
                random.nextBoolean() ? StalenessClock.EVENT : StalenessClock.AVAILABILITY);
    }

    private long span() {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(3);
            case 1 -> HOUR;
            case 2 -> random.nextLong(3 * HOUR);
            default -> random.nextLong() >>> 1;
        };
    }

    /// Half of all rows and labels are of the first entity.
    private EntityKey anyEntity() {
        return entities.get(random.nextBoolean() ? 0 : random.nextInt(entities.size()));
    }

    private long time() {
        return switch (random.nextInt(20)) {
            case 0 -> Times.INFINITY;
            case 1 -> Times.MINUS_INFINITY;
            case 2 -> Times.MINUS_INFINITY + random.nextInt(2);
            case 3, 4, 5 -> ORIGIN + random.nextInt(-3, 4);
            case 6, 7, 8 -> ORIGIN + HOUR * random.nextInt(-3, 4);
            default -> ORIGIN + random.nextLong(-3 * HOUR, 3 * HOUR);
        };
    }

    private FeatureRow row(int sequence) {
        long event = time();
        long available =
                switch (lateness) {
                    case 0 -> event;
                    case 1 -> later(event, HOUR);
                    case 2 -> random.nextInt(3) == 0 ? later(event, random.nextLong(HOUR)) : event;
                    default -> random.nextInt(20) == 0 ? Times.INFINITY : time();
                };
        boolean tombstone = masked && random.nextInt(8) == 0;
        return new FeatureRow(
                anyEntity(), event, available, sequence, tombstone ? List.of() : values(sequence));
    }

    private static long later(long time, long span) {
        return time > Times.INFINITY - span || time == Times.MINUS_INFINITY ? time : time + span;
    }

    private List<Value> values(int sequence) {
        return List.of(
                Value.of((long) sequence),
                cell(
                        Value.of(
                                random.nextBoolean()
                                        ? random.nextGaussian()
                                        : REALS[random.nextInt(REALS.length)])),
                cell(Value.of("t" + random.nextInt(20))),
                cell(Value.of(random.nextBoolean())),
                cell(Value.of(time())));
    }

    private Value cell(Value value) {
        return masked && random.nextInt(5) == 0 ? Value.MISSING : value;
    }

    /// A label, at one of the rows' very moments as often as not.
    public Label label() {
        EntityKey entity = random.nextInt(10) == 0 ? stranger() : anyEntity();
        FeatureRow near = rows.isEmpty() ? null : rows.get(random.nextInt(rows.size()));
        long time =
                near == null || random.nextBoolean()
                        ? time()
                        : random.nextBoolean() ? near.eventTime() : near.availableTime();
        return new Label(random.nextInt(50) > 0, entity, random.nextInt(50) > 0, time);
    }

    private EntityKey stranger() {
        List<Value> parts =
                view.key().stream()
                        .map(column ->
                                column.type() == ColumnType.LONG
                                        ? Value.of(random.nextLong())
                                        : Value.of("stranger " + random.nextInt()))
                        .toList();
        return new EntityKey(parts);
    }

    public record Label(boolean hasEntity, EntityKey entity, boolean hasTime, long time) {}
}
