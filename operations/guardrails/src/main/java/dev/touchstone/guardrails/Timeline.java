package dev.touchstone.guardrails;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Every change to a system in the order in which it took effect, so that "what changed just before
/// this?" has one place to be asked.
///
/// Changes are only ever added, and may be added late: a source that reports after the fact still
/// lands where it belongs. Changes of one instant stay in the order in which they were added.
///
/// Kept in memory, the latest 10,000 of them. Safe for use by several threads.
public final class Timeline {
    private static final int MOST = 10_000;

    /// Ordered by time, oldest first.
    private final List<Change> changes = new ArrayList<>();

    /// A change.
    ///
    /// @param at when it took effect, which may be long before it was reported
    /// @param target what was changed: `ranker`, `pool eu-2`, `feature:user_ctr_7d`
    /// @param summary one line for people: `0.4.1 to 0.5.0`
    /// @param actor who or what did it, empty where unknown
    public record Change(Instant at, Kind kind, String target, String summary, String actor) {
        /// Rejects changes that say nothing.
        public Change {
            if (target.isBlank() || summary.isBlank()) {
                throw new IllegalArgumentException(
                        "a change needs a target and a summary, got %s at %s of '%s': '%s'"
                                .formatted(kind, at, target, summary));
            }
        }
    }

    /// What sort of thing was changed.
    public enum Kind {
        /// Code.
        DEPLOY,
        /// A model's weights or its index.
        MODEL,
        /// Settings.
        CONFIG,
        /// A feature flag or an experiment's share.
        FLAG,
        /// Data, its schema or the pipeline that makes it.
        DATA,
        /// Who calls, how often or with what.
        TRAFFIC,
        /// Machines, replicas or quotas.
        CAPACITY,
        /// Something that is not ours.
        DEPENDENCY,
        /// An incident opened, escalated or closed.
        INCIDENT
    }

    /// Adds a change after all that took effect no later. When there are too many, the oldest goes.
    public synchronized void add(Change change) {
        int index = changes.size();
        while (index > 0 && changes.get(index - 1).at().isAfter(change.at())) {
            index--;
        }
        changes.add(index, change);
        if (changes.size() > MOST) {
            changes.removeFirst();
        }
    }

    /// Changes from `from` on and before `to`, oldest first.
    public synchronized List<Change> between(Instant from, Instant to) {
        int first = countBefore(from);
        return List.copyOf(changes.subList(first, Math.max(first, countBefore(to))));
    }

    /// The last `limit` changes before `instant`, latest first.
    public synchronized List<Change> before(Instant instant, int limit) {
        if (limit < 0) {
            throw new IllegalArgumentException(
                    "limit must not be negative, got %d; 10 fit on a page".formatted(limit));
        }
        int end = countBefore(instant);
        return List.copyOf(changes.subList(Math.max(0, end - limit), end).reversed());
    }

    private int countBefore(Instant instant) {
        int low = 0;
        int high = changes.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (changes.get(middle).at().isBefore(instant)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
