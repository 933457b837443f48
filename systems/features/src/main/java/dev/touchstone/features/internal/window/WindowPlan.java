package dev.touchstone.features.internal.window;

import dev.touchstone.features.Aggregate;
import dev.touchstone.features.Times;
import dev.touchstone.features.Window;
import dev.touchstone.features.WindowedSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// Windowed aggregates, compiled: which columns and windows there are, and into which tiles events
/// are put.
public final class WindowPlan {
    private static final long MINUTE = 60_000_000_000L;
    private static final long[] LADDER = {1_000_000_000L, MINUTE, 60 * MINUTE, 24 * 60 * MINUTE};

    /// A level of tiles pays off for a window that is a few of its tiles long.
    private static final int FEWEST_TILES = 4;

    /// A level of tiles is too fine for a window of more tiles than this.
    private static final int MOST_TILES = 1_000;

    final List<Aggregate> aggregates;
    final boolean hasIds;

    /// The windows, each once.
    final List<Window.Span> spans;

    /// The aggregated columns of an event.
    final Input[] inputs;

    /// Tile lengths, the finest first; each divides the next.
    final long[] levels;

    /// How long a tile of each length matters.
    final long[] levelRetention;

    /// Whether single events are kept: some window begins inside a tile, or events are corrected.
    final boolean keepsEvents;

    /// The longest that an event matters.
    private final long retention;

    /// Compiles a source's aggregates.
    public WindowPlan(WindowedSource source) {
        this.aggregates = source.aggregates();
        this.hasIds = source.id().isPresent();
        this.spans =
                aggregates.stream()
                        .map(aggregate -> (Window.Span) aggregate.window())
                        .distinct()
                        .toList();
        this.inputs =
                aggregates.stream()
                        .map(Aggregate::column)
                        .distinct()
                        .map(column -> input(source, column))
                        .toArray(Input[]::new);
        long finest = finest();
        this.keepsEvents = finest == 0 || hasIds;
        this.levels = levels(finest);
        this.retention =
                spans.stream()
                        .mapToLong(span -> saturated(span.lengthNanos(), span.hopNanos()))
                        .max()
                        .orElse(0);
        this.levelRetention = new long[levels.length];
        for (int level = 0; level < levels.length; level++) {
            levelRetention[level] = retention(level);
        }
    }

    private Input input(WindowedSource source, int column) {
        return Input.of(
                column,
                source.columns().get(column).type(),
                aggregates.stream().filter(one -> one.column() == column).toList());
    }

    /// Tiles are needed at the borders of windows that do not fall on borders of the next level: at
    /// the start, and where a shorter window's start cuts a longer one off; with corrections also
    /// at the present, after which there may be events already.
    private long retention(int level) {
        if (level == levels.length - 1) {
            return retention;
        }
        long next = levels[level + 1];
        return spans.stream()
                .filter(span -> span.hopNanos() % next != 0)
                .mapToLong(span -> saturated(saturated(span.lengthNanos(), span.hopNanos()), next))
                .reduce(hasIds ? 2 * next : 0, Math::max);
    }

    private static long saturated(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }

    /// The longest tile at whose borders all windows begin, or 0 when there is none.
    private long finest() {
        return LongStream.of(LADDER)
                .filter(tile -> spans.stream().allMatch(span -> span.hopNanos() % tile == 0))
                .max()
                .orElse(0);
    }

    private long[] levels(long finest) {
        return LongStream.of(LADDER)
                .filter(tile ->
                        tile == finest
                                || (tile > finest
                                        && spans.stream()
                                                .anyMatch(span -> suits(tile, span.lengthNanos()))))
                .toArray();
    }

    private static boolean suits(long tile, long window) {
        return tile <= window / FEWEST_TILES && tile >= window / MOST_TILES;
    }

    /// The earliest event that any window covers at `time` or later.
    public long oldest(long time) {
        return Times.minus(time, retention);
    }

    /// An empty partial for each column.
    Partial[] partials() {
        return Stream.of(inputs).map(Partial::new).toArray(Partial[]::new);
    }

    /// The aggregates over a window, by their positions.
    List<Integer> over(Window.Span span) {
        List<Integer> positions = new ArrayList<>();
        for (int i = 0; i < aggregates.size(); i++) {
            if (aggregates.get(i).window().equals(span)) {
                positions.add(i);
            }
        }
        return positions;
    }

    int columnOf(Aggregate aggregate) {
        for (int c = 0; c < inputs.length; c++) {
            if (inputs[c].column() == aggregate.column()) {
                return c;
            }
        }
        throw new IllegalArgumentException("no aggregate of this plan: " + aggregate);
    }
}
