package dev.touchstone.features;

import java.util.Map;

/// Where a view's rows come from by themselves. What is pushed and appended comes beside it.
public sealed interface EventSource {
    /// In a few words, as in messages.
    String text();

    /// A topic of JSON events, each with the view's columns and `event_timestamp`.
    ///
    /// @param bootstrap `HOST:PORT` of some brokers, with commas between
    /// @param options for the consumer, such as `security.protocol`
    record Kafka(String bootstrap, String topic, Map<String, String> options)
            implements EventSource {
        public Kafka {
            options = Map.copyOf(options);
        }

        @Override
        public String text() {
            return "topic %s at %s".formatted(topic, bootstrap);
        }
    }

    /// A folder into which finished files are moved, each read once.
    record Folder(String path) implements EventSource {
        @Override
        public String text() {
            return "folder " + path;
        }
    }
}
