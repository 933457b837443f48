package dev.touchstone.features;

import dev.touchstone.features.engines.EventFeed;
import dev.touchstone.features.engines.EventFeed.Message;
import dev.touchstone.features.internal.events.BadEventException;
import dev.touchstone.features.internal.events.BadEventException.Kind;
import dev.touchstone.features.internal.events.JsonEvents;
import dev.touchstone.features.internal.events.Quarantine;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/// Takes a view's source into its history, each event once: with the rows that are written at once,
/// their positions in the source are, in the same frame. Whatever happens in between, the next step
/// begins behind the last row that is on the disk. Made by [FeatureStore#reads].
///
/// What is no event of the view goes into quarantine, `quarantine/VIEW.jsonl` in the store, and is
/// counted; the source goes on behind it.
///
/// Used by one thread; [#counts] may be asked by any.
public final class FeedReader implements Closeable {
    private final Histories histories;
    private final OnlineStore online;
    private final ViewDefinition view;
    private final EventFeed feed;
    private final JsonEvents json;
    private final Quarantine quarantine;
    private final Map<String, Long> positions = new LinkedHashMap<>();
    private final PartMerge merge;
    private volatile FeedCounts counts = FeedCounts.NONE;

    /// Opens the view's source.
    interface Opener {
        EventFeed open(EventFeed.Positions positions) throws IOException;
    }

    FeedReader(
            Histories histories,
            OnlineStore online,
            ViewDefinition view,
            Opener feeds,
            Quarantine quarantine)
            throws IOException {
        this.histories = histories;
        this.online = online;
        this.view = view;
        this.json = new JsonEvents(view.source());
        this.quarantine = quarantine;
        this.merge = new PartMerge(view.late().afterNanos());
        positions.putAll(histories.positions(view));
        this.feed =
                feeds.open(
                        new EventFeed.Positions() {
                            @Override
                            public long next(String part) {
                                return positions.getOrDefault(part, 0L);
                            }

                            @Override
                            public Set<String> parts() {
                                return Set.copyOf(positions.keySet());
                            }
                        });
        count(0, "");
    }

    /// The view that it feeds.
    public String view() {
        return view.view().name();
    }

    /// What went into quarantine last, the latest first; may be asked by any thread.
    public List<Quarantined> quarantined(int limit) throws IOException {
        return quarantine.latest(limit);
    }

    /// What has become of everything so far.
    public FeedCounts counts() {
        return counts;
    }

    /// Takes in what has come: it is on the disk and served when this returns.
    ///
    /// @param now the present, asked for after the wait
    /// @param atMost how long to wait when nothing has come
    /// @return how many events, good or bad
    /// @throws IOException when the source or the store fails; nothing is lost, try again later
    public int step(LongSupplier now, Duration atMost) throws IOException {
        try {
            List<Message> messages = feed.poll(atMost);
            take(messages, now.getAsLong());
            return messages.size();
        } catch (Throwable e) { // also an Error: what was polled must be polled again
            merge.clear();
            count(0, String.valueOf(e.getMessage()));
            // The rows may be on the disk or not: what is written there says which come next.
            positions.clear();
            positions.putAll(histories.positions(view));
            feed.rewind();
            throw e;
        }
    }

    private void take(List<Message> messages, long now) throws IOException {
        boolean bad = false;
        for (Message message : messages) {
            long kept = positions.getOrDefault(message.part(), 0L);
            if (message.position() >= merge.next(message.part()).orElse(kept)) {
                Optional<FeatureRow> row = read(message);
                bad |= row.isEmpty() && !(message instanceof EventFeed.End);
                merge.add(message, row, now);
            }
        }
        if (bad) { // before the positions say that they are done with
            quarantine.force();
        }
        List<PartMerge.Polled> released =
                feed.backlog()
                        .map(backlog -> merge.release(backlog, now))
                        .orElseGet(merge::releaseAsTheyCame);
        feed.pause(merge.ahead());
        if (released.isEmpty()) {
            count(0, "");
        } else {
            Halves.take(released, some -> push(some, now));
        }
    }

    /// Pushes what was released with the positions behind it.
    private void push(List<PartMerge.Polled> released, long now) throws IOException {
        Map<String, Long> done = new LinkedHashMap<>();
        released.forEach(each -> done.put(each.message().part(), each.message().next()));
        List<FeatureRow> rows =
                released.stream().map(PartMerge.Polled::row).flatMap(Optional::stream).toList();
        var _ = online.push(view(), rows, done, now);
        positions.putAll(done);
        count(rows.size(), "");
    }

    /// The event; none where it is no event of the view, and is in quarantine.
    private Optional<FeatureRow> read(Message message) throws IOException {
        switch (message) {
            case EventFeed.Json(_, _, byte[] bytes) -> {
                try {
                    return Optional.of(checked(json.row(bytes)));
                } catch (BadEventException e) {
                    quarantine.put(message, bytes, e.kind(), String.valueOf(e.getMessage()));
                } catch (IllegalArgumentException e) {
                    quarantine.put(message, bytes, Kind.MALFORMED, String.valueOf(e.getMessage()));
                }
            }
            case EventFeed.Row(_, _, FeatureRow row) -> {
                try {
                    return Optional.of(checked(row));
                } catch (IllegalArgumentException e) {
                    quarantine.put(
                            message,
                            row.toString().getBytes(StandardCharsets.UTF_8),
                            Kind.MALFORMED,
                            String.valueOf(e.getMessage()));
                }
            }
            case EventFeed.Bad(_, _, String what, String why) ->
                    quarantine.put(
                            message, what.getBytes(StandardCharsets.UTF_8), Kind.MALFORMED, why);
            case EventFeed.End _ -> {}
        }
        return Optional.empty();
    }

    private FeatureRow checked(FeatureRow row) {
        view.check(List.of(row));
        return row;
    }

    private void count(int rows, String trouble) {
        counts =
                new FeedCounts(
                        counts.rows() + rows,
                        quarantine.count(Kind.MALFORMED),
                        quarantine.count(Kind.SCHEMA),
                        feed.lost(),
                        feed.behind(),
                        counts.failures() + (trouble.isEmpty() ? 0 : 1),
                        trouble);
    }

    @Override
    public void close() throws IOException {
        try (quarantine) {
            feed.close();
        }
    }
}
