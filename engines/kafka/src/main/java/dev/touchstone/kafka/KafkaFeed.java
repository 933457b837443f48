package dev.touchstone.kafka;

import dev.touchstone.features.EventSource;
import dev.touchstone.features.engines.EventFeed;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// A topic, read by a consumer of a group that is this store's own.
///
/// Where to read on is decided by the positions in the store's history, whoever had a partition
/// meanwhile: the group only says which partitions are there. What is committed to Kafka is for
/// those who watch how far behind a group is.
///
/// A position belongs to a topic's id, not to its name ([TopicIdentity]): what is polled is given
/// out only when the topic still is the one whose positions are remembered.
final class KafkaFeed implements EventFeed {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int MOST_AT_ONCE = 2_000;

    /// After so many polls without anything it is asked why.
    private static final int SUSPICIOUS = 20;

    private final EventSource.Kafka source;
    private final Positions positions;
    private final KafkaConsumer<byte[], byte[]> consumer;

    /// Up to which position what was gone has been counted.
    private final Map<TopicPartition, Long> lostUpTo = new HashMap<>();

    /// Where each partition ended when it was sought.
    private final Map<TopicPartition, Long> ended = new HashMap<>();

    private final TopicIdentity identity;

    /// The topic that positions are of, as far as known.
    private Optional<Uuid> topicId = Optional.empty();

    private boolean mustRewind;
    private int idle;
    private long lost;

    /// @throws IllegalArgumentException when an option is none of Kafka's, or has no such value
    KafkaFeed(EventSource.Kafka source, String reader, Positions positions) {
        this.source = source;
        this.positions = positions;
        try {
            this.identity = TopicIdentity.open(source);
        } catch (KafkaException e) {
            throw unreadable(source, e);
        }
        try {
            this.consumer = new KafkaConsumer<>(settings(source, reader));
        } catch (KafkaException e) {
            identity.close();
            throw unreadable(source, e);
        }
        consumer.subscribe(Set.of(source.topic()), new Assigned());
    }

    private static IllegalArgumentException unreadable(EventSource.Kafka source, KafkaException e) {
        Throwable why = e.getCause() instanceof ConfigException cause ? cause : e;
        return new IllegalArgumentException(
                "%s cannot be read: %s".formatted(source.text(), why.getMessage()), e);
    }

    private static Map<String, Object> settings(EventSource.Kafka source, String reader) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, reader);
        // One process owns a store: after a kill -9 the next one takes its place at once.
        settings.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, reader);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MOST_AT_ONCE);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.putAll(source.options());
        settings.remove(TopicIdentity.OPTION);
        // What follows is not for the definition to say.
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, source.bootstrap());
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        return settings;
    }

    private final class Assigned implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            try {
                seek(partitions);
            } catch (IOException | KafkaException _) {
                mustRewind = true; // and say why there
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            // Their positions are in the history.
        }
    }

    /// A partition of the topic that is read, by the name that its position is remembered under.
    private String part(TopicPartition partition) {
        return TopicIdentity.part(partition, topicId);
    }

    @Override
    public List<Message> poll(Duration atMost) throws IOException {
        try {
            commit(); // what was polled before is in the history now
            if (mustRewind) {
                rewind();
            }
            List<Message> messages = new ArrayList<>();
            for (ConsumerRecord<byte[], byte[]> each : consumer.poll(atMost)) {
                messages.add(message(each));
            }
            // Asked for after the poll: whoever gave events of a new topic knows it by then.
            mustRewind |= !messages.isEmpty() && !identity.now().equals(topicId);
            if (mustRewind) { // what was assigned meanwhile could not be found its place
                rewind();
                return List.of();
            }
            idle = messages.isEmpty() ? idle + 1 : 0;
            if (idle >= SUSPICIOUS) {
                explainSilence();
            }
            if (idle > 0 && idle % SUSPICIOUS == 0) {
                rewind(); // says it when the topic has gone, or is another one
            }
            return messages;
        } catch (InvalidOffsetException _) { // gone meanwhile, or never found
            rewind();
            return List.of();
        } catch (KafkaException e) {
            throw failure(e);
        }
    }

    private Message message(ConsumerRecord<byte[], byte[]> each) {
        String part = part(new TopicPartition(each.topic(), each.partition()));
        return each.value() == null
                ? new Bad(part, each.offset(), "", "a message without a value is no event")
                : new Json(part, each.offset(), each.value());
    }

    private IOException failure(KafkaException e) {
        return new IOException(
                "%s: %s; it goes on by itself when that is over"
                        .formatted(source.text(), e.getMessage()),
                e);
    }

    private void commit() {
        Map<TopicPartition, OffsetAndMetadata> done = new HashMap<>();
        for (TopicPartition partition : consumer.assignment()) {
            long next = positions.next(part(partition));
            if (next > 0) {
                done.put(partition, new OffsetAndMetadata(next));
            }
        }
        if (!done.isEmpty()) {
            consumer.commitAsync(done, (_, _) -> {});
        }
    }

    /// A consumer that finds no broker or topic says nothing and goes on trying.
    private void explainSilence() throws IOException {
        boolean connected =
                consumer.metrics().values().stream()
                        .filter(metric -> metric.metricName().name().equals("connection-count"))
                        .anyMatch(metric ->
                                metric.metricValue() instanceof Double count && count > 0);
        if (!connected) {
            throw new IOException(
                    "%s: no broker answers; it goes on by itself when one does"
                            .formatted(source.text()));
        }
        if (consumer.assignment().isEmpty()
                && consumer.partitionsFor(source.topic(), TIMEOUT).isEmpty()) {
            throw new IOException(
                    "%s: there is no such topic; make it, or mend the definition"
                            .formatted(source.text()));
        }
    }

    @Override
    public void rewind() throws IOException {
        mustRewind = true; // until it has succeeded
        try {
            seek(consumer.assignment());
        } catch (KafkaException e) {
            throw failure(e);
        }
        mustRewind = false;
    }

    private void seek(Collection<TopicPartition> partitions) throws IOException {
        Optional<Uuid> current = identity.accepted(positions);
        if (!current.equals(topicId)) {
            topicId = current;
            lostUpTo.clear();
        }
        Map<TopicPartition, Long> first = consumer.beginningOffsets(partitions, TIMEOUT);
        Map<TopicPartition, Long> end = consumer.endOffsets(partitions, TIMEOUT);
        for (TopicPartition partition : partitions) {
            long next = identity.next(positions, partition, topicId);
            long begins = first.getOrDefault(partition, 0L);
            long ends = end.getOrDefault(partition, Long.MAX_VALUE);
            if (next > ends) {
                throw new IOException(
                        "%s was read up to %d of partition %d, which ends at %d: it was cut short, or made anew on brokers that have no topic ids; give the topic another name"
                                .formatted(source.text(), next, partition.partition(), ends));
            }
            if (next > 0 && next < begins) {
                // While no row is taken the position stays, and is sought again and again.
                long counted = Math.max(next, lostUpTo.getOrDefault(partition, 0L));
                lost += Math.max(0, begins - counted);
                lostUpTo.put(partition, Math.max(begins, counted));
            }
            consumer.seek(partition, Math.max(next, begins));
            ended.put(partition, ends);
        }
    }

    @Override
    public long behind() {
        try {
            return consumer.assignment().stream()
                    .mapToLong(partition -> consumer.currentLag(partition).orElse(0))
                    .sum();
        } catch (IllegalStateException _) { // taken away meanwhile
            return 0;
        }
    }

    @Override
    public Optional<Set<String>> backlog() {
        try {
            return Optional.of(
                    consumer.assignment().stream()
                            .filter(this::hasMore)
                            .map(this::part)
                            .collect(Collectors.toSet()));
        } catch (IllegalStateException _) { // taken away meanwhile
            return Optional.of(Set.of());
        }
    }

    /// Before the first fetch nobody but the seek knows where a partition ends.
    private boolean hasMore(TopicPartition partition) {
        OptionalLong lag = consumer.currentLag(partition);
        if (lag.isPresent()) {
            return lag.getAsLong() > 0;
        }
        try {
            return consumer.position(partition, TIMEOUT) < ended.getOrDefault(partition, 0L);
        } catch (KafkaException _) {
            return true; // Who cannot be asked may have some: the others wait, and the poll says
            // why.
        }
    }

    @Override
    public void pause(Set<String> parts) {
        List<TopicPartition> ahead =
                consumer.assignment().stream().filter(each -> parts.contains(part(each))).toList();
        consumer.resume(consumer.paused());
        consumer.pause(ahead);
    }

    @Override
    public long lost() {
        return lost;
    }

    @Override
    public void close() {
        identity.close();
        consumer.close(CloseOptions.timeout(TIMEOUT));
    }
}
