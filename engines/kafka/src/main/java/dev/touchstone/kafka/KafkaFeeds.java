package dev.touchstone.kafka;

import dev.touchstone.features.EventSource;
import dev.touchstone.features.engines.EventFeed;
import dev.touchstone.features.engines.EventFeedProvider;

/// Opens topics as feeds.
public final class KafkaFeeds implements EventFeedProvider {
    @Override
    public boolean provides(EventSource source) {
        return source instanceof EventSource.Kafka;
    }

    @Override
    public EventFeed open(EventSource source, String reader, EventFeed.Positions positions) {
        if (!(source instanceof EventSource.Kafka kafka)) {
            throw new IllegalArgumentException("no topic: " + source.text());
        }
        // Kafka looks for its own classes with the thread's loader, which may not see them.
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(KafkaFeeds.class.getClassLoader());
        try {
            return new KafkaFeed(kafka, reader, positions);
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
