package dev.touchstone.features.internal.window;

import dev.touchstone.features.Aggregate;
import dev.touchstone.features.Window;
import java.util.List;
import java.util.stream.IntStream;

/// Reads some of a plan's aggregates, for one entity after another. A working place: not to be
/// shared between threads, and nothing is allocated in it once it is warm.
///
/// Windows are taken from the one that begins last. The next one covers the same events and some
/// before them, so nothing is gone through twice.
public final class WindowReader {
    private final Window.Span[] spans;
    private final int[][] outputs;
    private final Aggregate[] aggregates;
    private final int[] columnOf;
    private final Partial[] partials;
    private final Rounding rounding = new Rounding();

    private final int[] order;
    private final long[] starts;

    /// @param features the positions of the wanted aggregates; they are answered in this order
    public WindowReader(WindowPlan plan, List<Integer> features) {
        this.aggregates = new Aggregate[features.size()];
        this.columnOf = new int[features.size()];
        for (int i = 0; i < columnOf.length; i++) {
            Aggregate aggregate = plan.aggregates.get(features.get(i));
            aggregates[i] = aggregate;
            columnOf[i] = plan.columnOf(aggregate);
        }
        this.spans =
                features.stream()
                        .map(feature -> (Window.Span) plan.aggregates.get(feature).window())
                        .distinct()
                        .toArray(Window.Span[]::new);
        this.outputs = new int[spans.length][];
        for (int s = 0; s < spans.length; s++) {
            List<Integer> over = plan.over(spans[s]);
            outputs[s] =
                    IntStream.range(0, features.size())
                            .filter(i -> over.contains(features.get(i)))
                            .toArray();
        }
        this.partials = plan.partials();
        this.order = new int[spans.length];
        this.starts = new long[spans.length];
    }

    /// Where answers go.
    public interface Answers extends Partial.Cell {
        /// The position, among the wanted, of the answer that comes next.
        void at(int feature);
    }

    /// Answers for an entity at a time.
    ///
    /// @param end events before it count; [EntityWindows#END] for all
    public void read(EventRange entity, long time, long end, Answers answers) {
        sortSpans(time);
        for (Partial partial : partials) {
            partial.reset();
        }
        long covered = end;
        for (int i = 0; i < spans.length; i++) {
            entity.addTo(partials, starts[i], covered);
            covered = Math.min(covered, starts[i]);
            answer(order[i], answers);
        }
    }

    private void answer(int span, Answers answers) {
        for (int output : outputs[span]) {
            answers.at(output);
            partials[columnOf[output]].answer(aggregates[output], rounding, answers);
        }
    }

    /// Sorts the windows by their starts, the latest first. They are sorted but for hops.
    private void sortSpans(long time) {
        for (int i = 0; i < spans.length; i++) {
            long start = spans[i].start(time);
            int at = i;
            while (at > 0 && starts[at - 1] < start) {
                starts[at] = starts[at - 1];
                order[at] = order[at - 1];
                at--;
            }
            starts[at] = start;
            order[at] = i;
        }
    }
}
