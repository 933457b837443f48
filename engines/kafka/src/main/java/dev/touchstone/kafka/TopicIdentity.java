package dev.touchstone.kafka;

import dev.touchstone.features.EventSource;
import dev.touchstone.features.engines.EventFeed.Positions;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// Which topic stands behind a name: one that is deleted and made anew has another id, and its
/// offsets say nothing about what was read of the old one.
///
/// A position is remembered under `TOPIC@ID/PARTITION`. A topic whose id is none of those that
/// positions are remembered of is refused, unless the source's option [#OPTION] names it: then it
/// is read from its beginning. Brokers older than 2.8 have no ids; positions are remembered under
/// `TOPIC/PARTITION` then.
final class TopicIdentity implements AutoCloseable {
    /// The id of the only topic that may be read.
    static final String OPTION = "topic.id";

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final String ID = "@";

    private final EventSource.Kafka source;
    private final Optional<Uuid> wanted;
    private final Admin admin;

    private TopicIdentity(EventSource.Kafka source, Optional<Uuid> wanted, Admin admin) {
        this.source = source;
        this.wanted = wanted;
        this.admin = admin;
    }

    /// @throws IllegalArgumentException when the option is no id
    static TopicIdentity open(EventSource.Kafka source) {
        Optional<Uuid> wanted =
                Optional.ofNullable(source.options().get(OPTION)).map(text -> id(source, text));
        Map<String, Object> settings = new HashMap<>(source.options());
        settings.keySet().retainAll(AdminClientConfig.configNames());
        settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, source.bootstrap());
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) TIMEOUT.toMillis());
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) TIMEOUT.toMillis());
        return new TopicIdentity(source, wanted, Admin.create(settings));
    }

    private static Uuid id(EventSource.Kafka source, String text) {
        try {
            return Uuid.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "%s: the option %s is no topic's id: '%s'; kafka-topics.sh --describe says it, 22 letters and digits"
                            .formatted(source.text(), OPTION, text),
                    e);
        }
    }

    /// The name that a partition's position is remembered under.
    static String part(TopicPartition partition, Optional<Uuid> id) {
        return "%s%s/%d"
                .formatted(
                        partition.topic(),
                        id.map(its -> ID + its).orElse(""),
                        partition.partition());
    }

    /// The id that the topic has now; none on brokers that give none.
    ///
    /// @throws IOException when there is no such topic, or nobody answers
    Optional<Uuid> now() throws IOException {
        try {
            TopicDescription topic =
                    Objects.requireNonNull(
                                    admin.describeTopics(List.of(source.topic()))
                                            .topicNameValues()
                                            .get(source.topic()))
                            .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            return Optional.of(topic.topicId()).filter(id -> !id.equals(Uuid.ZERO_UUID));
        } catch (ExecutionException e) {
            throw new IOException(
                    switch (Objects.requireNonNull(e.getCause())) {
                        case UnknownTopicOrPartitionException _ ->
                                "%s: there is no such topic; make it, or mend the definition"
                                        .formatted(source.text());
                        case org.apache.kafka.common.errors.TimeoutException _ -> nobody();
                        case Throwable other ->
                                "%s: cannot be asked for its id: %s; it goes on by itself when that is over"
                                        .formatted(source.text(), other.getMessage());
                    },
                    e);
        } catch (TimeoutException e) {
            throw new IOException(nobody(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + source.text(), e);
        }
    }

    private String nobody() {
        return "%s: no broker answers; it goes on by itself when one does".formatted(source.text());
    }

    /// The id that the topic has now, when it may be read.
    ///
    /// @throws IOException also when another topic was read, or should be; with the cure
    Optional<Uuid> accepted(Positions positions) throws IOException {
        Optional<Uuid> now = now();
        if (wanted.isPresent()) {
            if (!wanted.equals(now)) {
                throw new IOException(
                        "%s has the id %s, and the definition's %s is %s; mend the one that is wrong"
                                .formatted(
                                        source.text(),
                                        now.map(Uuid::toString).orElse("of none"),
                                        OPTION,
                                        wanted.get()));
            }
            return now;
        }
        Set<String> known = known(positions);
        if (now.isPresent() && !known.isEmpty() && !known.contains(now.get().toString())) {
            throw new IOException(
                    "%s was made anew: what was read is of the topic with the id %s, this one has %s; to read it from its beginning say options: {%s: \"%s\"}, or give it another name"
                            .formatted(
                                    source.text(),
                                    String.join(" or ", known),
                                    now.get(),
                                    OPTION,
                                    now.get()));
        }
        return now;
    }

    /// The ids of topics of this name that have been read.
    private Set<String> known(Positions positions) {
        String beginning = source.topic() + ID;
        Set<String> ids = new TreeSet<>();
        for (String part : positions.parts()) {
            if (part.startsWith(beginning)) {
                ids.add(part.substring(beginning.length(), part.lastIndexOf('/')));
            }
        }
        return ids;
    }

    /// The offset to go on from. One that was remembered without an id is of the first topic that
    /// is met with one: it says nothing when another topic has been read since.
    long next(Positions positions, TopicPartition partition, Optional<Uuid> id) {
        long next = positions.next(part(partition, id));
        return next > 0 || wanted.isPresent() || !isFirst(positions, id)
                ? next
                : positions.next(part(partition, Optional.empty()));
    }

    /// Whether no other topic with an id has been read.
    private boolean isFirst(Positions positions, Optional<Uuid> id) {
        Set<String> others = known(positions);
        id.ifPresent(its -> others.remove(its.toString()));
        return others.isEmpty();
    }

    @Override
    public void close() {
        admin.close(TIMEOUT);
    }
}
