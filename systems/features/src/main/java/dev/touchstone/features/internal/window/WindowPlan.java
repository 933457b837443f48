package dev.touchstone.features.internal.window;

import dev.touchstone.features.Aggregate;
import dev.touchstone.features.Times;
import dev.touchstone.features.Window;
import dev.touchstone.features.WindowedSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

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

    /// The aggregated columns of an event, and what has to be known about each.
    final int[] columns;

    final int[] needs;

    /// Tile lengths, the finest first; each divides the next.
    final long[] levels;

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
        this.columns = aggregates.stream().mapToInt(Aggregate::column).distinct().toArray();
        this.needs = new int[columns.length];
        for (int c = 0; c < columns.length; c++) {
            int column = columns[c];
            needs[c] =
                    Partial.needs(
                            aggregates.stream().filter(one -> one.column() == column).toList());
        }
        long finest = finest();
        this.keepsEvents = finest == 0 || hasIds;
        this.levels = levels(finest);
        this.retention =
                spans.stream()
                        .mapToLong(span -> saturated(span.lengthNanos(), span.hopNanos()))
                        .max()
                        .orElse(0);
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

    /// The earliest moment that any window covers at `time`.
    public long earliestStart(long time) {
        long earliest = time;
        for (int i = 0; i < spans.size(); i++) { // an iterator would be allocated
            earliest = Math.min(earliest, spans.get(i).start(time));
        }
        return earliest;
    }

    /// An empty partial for each column.
    Partial[] partials() {
        Partial[] partials = new Partial[columns.length];
        for (int c = 0; c < columns.length; c++) {
            partials[c] = new Partial(columns[c], needs[c]);
        }
        return partials;
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
        for (int c = 0; c < columns.length; c++) {
            if (columns[c] == aggregate.column()) {
                return c;
            }
        }
        throw new IllegalArgumentException("no aggregate of this plan: " + aggregate);
    }
}
