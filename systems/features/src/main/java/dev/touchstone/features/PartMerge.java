package dev.touchstone.features;

import dev.touchstone.features.engines.EventFeed.Message;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;

/// Has the parts of a source come in together, by when their events happened. While a source is
/// caught up with, its parts are read at different speeds; taken as they come, the fastest would
/// make everything late that the others still have.
///
/// What is ahead of a part that has more waits for it. A part that gives nothing for a while holds
/// nobody up. The order within a part stays.
final class PartMerge {
    private static final long PATIENCE_NANOS = Duration.ofSeconds(10).toNanos();

    private final long slackNanos;
    private final Map<String, Part> parts = new LinkedHashMap<>();

    /// Something that was polled.
    ///
    /// @param row none: it is no event
    /// @param time when it may come in: the latest event of its part so far
    record Polled(Message message, Optional<FeatureRow> row, long time) {}

    private static final class Part {
        private final ArrayDeque<Polled> waiting = new ArrayDeque<>();
        private long reached = Times.MINUS_INFINITY;
        private long heardNanos;
        private long next;

        /// In the order in which parts came up.
        private final int number;

        Part(int number) {
            this.number = number;
        }
    }

    /// @param slackNanos by which an event may be before others without being late
    PartMerge(long slackNanos) {
        this.slackNanos = slackNanos;
    }

    /// The position that comes next in a part; none before anything of it came.
    OptionalLong next(String part) {
        Part known = parts.get(part);
        return known == null || known.next == 0
                ? OptionalLong.empty()
                : OptionalLong.of(known.next);
    }

    void add(Message message, Optional<FeatureRow> row, long now) {
        Part part = parts.computeIfAbsent(message.part(), _ -> new Part(parts.size()));
        part.next = message.next();
        part.heardNanos = now;
        // What is dated in the future would hold back nobody and let everybody pass.
        long time = row.map(FeatureRow::eventTime).filter(at -> at <= now).orElse(part.reached);
        part.reached = Math.max(part.reached, time);
        part.waiting.add(new Polled(message, row, part.reached));
    }

    /// What may come in now, in the order in which it does.
    ///
    /// @param backlog the parts that have more than was polled
    List<Polled> release(Set<String> backlog, long now) {
        long horizon = horizon(backlog, now);
        var heads =
                new PriorityQueue<Part>(
                        Comparator.comparingLong((Part part) -> part.waiting.getFirst().time())
                                .thenComparingInt(part -> part.number));
        parts.values().stream().filter(part -> !part.waiting.isEmpty()).forEach(heads::add);
        List<Polled> released = new ArrayList<>();
        while (!heads.isEmpty()) {
            Part first = heads.remove();
            if (first.waiting.getFirst().time() > horizon) {
                break;
            }
            released.add(first.waiting.removeFirst());
            if (!first.waiting.isEmpty()) {
                heads.add(first);
            }
        }
        return released;
    }

    /// Everything, part by part: where one part is read after the other.
    List<Polled> releaseAsTheyCame() {
        List<Polled> released = new ArrayList<>();
        for (Part part : parts.values()) {
            released.addAll(part.waiting);
        }
        parts.clear();
        return released;
    }

    private long horizon(Set<String> backlog, long now) {
        long slowest = Times.INFINITY;
        for (String name : backlog) {
            Part part = parts.computeIfAbsent(name, _ -> heardOf(now));
            if (now - part.heardNanos < PATIENCE_NANOS) {
                slowest = Math.min(slowest, part.reached);
            }
        }
        return slowest == Times.INFINITY ? slowest : Times.plus(slowest, slackNanos);
    }

    private Part heardOf(long now) {
        var part = new Part(parts.size());
        part.heardNanos = now;
        return part;
    }

    /// The parts of which something waits.
    Set<String> ahead() {
        Set<String> ahead = new TreeSet<>();
        parts.forEach((name, part) -> {
            if (!part.waiting.isEmpty()) {
                ahead.add(name);
            }
        });
        return ahead;
    }

    /// Forgets what waits: it will be polled again.
    void clear() {
        parts.clear();
    }
}
