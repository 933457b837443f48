package dev.touchstone.features.internal.online;

import dev.touchstone.features.AsOfRule;
import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.Times;
import dev.touchstone.features.ViewDefinition;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/// What one view serves. Time only goes forward.
public abstract sealed class OnlineView permits LatestView, WindowedView {
    private final AsOfRule rule;
    private final PriorityQueue<FeatureRow> coming;
    private long now = Times.MINUS_INFINITY;

    OnlineView(AsOfRule rule) {
        this.rule = rule;
        this.coming = new PriorityQueue<>(Comparator.comparingLong(this::visibleFrom));
    }

    /// An empty view.
    public static OnlineView of(ViewDefinition definition) {
        return definition.windows().isPresent()
                ? new WindowedView(definition)
                : new LatestView(definition.view().rule());
    }

    AsOfRule rule() {
        return rule;
    }

    /// When a label would first be given the row.
    long visibleFrom(FeatureRow row) {
        return Math.max(happened(row), known(row));
    }

    final long happened(FeatureRow row) {
        boolean after = rule.boundary() == AsOfRule.Boundary.BEFORE;
        return after && row.eventTime() != Times.INFINITY ? row.eventTime() + 1 : row.eventTime();
    }

    final long known(FeatureRow row) {
        long available = row.availableTime();
        return available > Times.INFINITY - rule.delayNanos()
                ? Times.INFINITY
                : available + rule.delayNanos();
    }

    /// Takes a row in. It is served from its moment on, which may be in the future.
    public final void put(FeatureRow row) {
        long from = visibleFrom(row);
        if (from <= now) {
            show(row);
        } else if (from != Times.INFINITY) {
            coming.add(row);
        }
    }

    /// Moves on to a time. Going back is ignored.
    public final void advance(long time) {
        if (time > now) {
            now = time;
        }
        FeatureRow next = coming.peek();
        while (next != null && visibleFrom(next) <= now) {
            coming.remove();
            show(next);
            next = coming.peek();
        }
    }

    /// The latest time that was moved to.
    public final long now() {
        return now;
    }

    /// Rows that are not served yet.
    public final int coming() {
        return coming.size();
    }

    /// Serves a row from now on.
    abstract void show(FeatureRow row);

    /// How many entities something is kept of.
    public abstract int entities();

    /// Forgets rows, events and tiles that cannot be served any more; that there were some stays
    /// known.
    public abstract void sweep();

    /// Prepares reads of some features.
    ///
    /// @param features their positions
    /// @param outputs the cells they go to
    public abstract Reads reads(List<Integer> features, List<Integer> outputs);

    /// Reads some features of the view, for one entity after another.
    public interface Reads {
        /// Answers as of the view's present.
        void read(EntityKey entity, OnlineCells out);

        /// Answers that there is nothing, to a question that names no entity.
        void readNothing(OnlineCells out);
    }
}
