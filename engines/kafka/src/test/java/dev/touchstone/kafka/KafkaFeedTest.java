package dev.touchstone.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.features.Definitions;
import dev.touchstone.features.EventSource;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.FeedReader;
import dev.touchstone.features.OnlineReader;
import dev.touchstone.features.OnlineRow;
import dev.touchstone.features.OnlineStore;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.features.engines.EventFeed;
import dev.touchstone.features.engines.EventFeedProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A view that is fed from a topic")
class KafkaFeedTest {
    private static final Duration WAIT = Duration.ofMillis(100);
    private static final long LIMIT_NANOS = 60_000_000_000L;
    private static final long SECOND = 1_000_000_000L;
    private static final long NOW = Times.parse("2026-03-04T12:00:00Z");

    @TempDir private static Path logs = Path.of("");

    private static Optional<KafkaBroker> started = Optional.empty();

    @TempDir private Path folder = Path.of("");

    private String topic = "";
    private final AtomicLong clock = new AtomicLong(NOW);

    @BeforeAll
    static void start() throws Exception {
        started = Optional.of(KafkaBroker.start(logs));
    }

    @AfterAll
    static void stop() {
        broker().close();
    }

    private static KafkaBroker broker() {
        return started.orElseThrow();
    }

    @BeforeEach
    void name(TestInfo info) {
        topic = info.getTestMethod().orElseThrow().getName();
    }

    private Definitions definitions() {
        return definitions(broker().bootstrap());
    }

    private Definitions definitions(String bootstrap) {
        return Definitions.read("features.yaml", text(bootstrap));
    }

    private String text(String bootstrap) {
        return """
        views:
          card:
            owner: payments-risk
            key: {card: long}
            events: {payment: text, amount: double}
            id: payment
            features:
              paid: {sum: amount, window: 1d, hop: 1h}
              payments: {count: amount, window: 1d, hop: 1h}
            late: {after: 10m, then: drop}
            source: {kafka: {bootstrap: "%s", topic: %s}}
        """
                .formatted(bootstrap, topic);
    }

    private FeatureStore store() {
        return FeatureStore.open(folder, definitions());
    }

    private FeedReader reader(FeatureStore store) throws IOException {
        // Stores are told apart by when they began.
        long began = NOW - (topic.hashCode() & 0xFFFF);
        return store.reads("card", List.of(new KafkaFeeds()), began);
    }

    private static String event(int payment) {
        return event(payment, NOW);
    }

    private static String event(int payment, long time) {
        return """
        {"card": 7, "payment": "p%d", "amount": %d.5, "event_timestamp": "%s"}
        """
                .formatted(payment, payment, Times.text(time));
    }

    private void stepUntil(FeedReader reader, BooleanSupplier done) throws IOException {
        long deadline = System.nanoTime() + LIMIT_NANOS;
        while (!done.getAsBoolean()) {
            assertThat(System.nanoTime()).as("%s", reader.counts()).isLessThan(deadline);
            var _ = reader.step(clock::get, WAIT);
        }
    }

    private static List<Value> read(FeatureStore store, long now) throws IOException {
        OnlineStore online = store.online(NOW);
        OnlineReader reader = online.reader(List.of("card.*"));
        OnlineRow row = reader.row();
        reader.read(reader.keys(Map.of("card", Value.of(7L))), now, row);
        return IntStream.range(0, row.size()).mapToObj(row::value).toList();
    }

    @Test
    void is_served_each_event_once_whoever_closes_and_opens_it_again() throws Exception {
        broker().makeTopic(topic, 2);
        for (int payment = 0; payment < 10; payment++) {
            broker().send(topic, payment % 2, event(payment));
        }
        try (FeatureStore store = store();
                FeedReader reader = reader(store)) {
            stepUntil(reader, () -> reader.counts().rows() == 10);
            assertThat(read(store, NOW + SECOND)).containsExactly(Value.of(50.0), Value.of(10L));
            assertThat(store.positions("card"))
                    .isEqualTo(
                            Map.of(
                                    "%s@%s/0".formatted(topic, topicId()), 5L,
                                    "%s@%s/1".formatted(topic, topicId()), 5L));
            store.compact("card");
        }
        broker().send(topic, 1, event(10));
        try (FeatureStore store = store();
                FeedReader reader = reader(store)) {
            assertThat(store.positions("card")).as("kept when compacted").hasSize(2);
            stepUntil(reader, () -> reader.counts().rows() == 1);
            assertThat(store.rowCount("card")).isEqualTo(11);
            assertThat(read(store, NOW + SECOND)).containsExactly(Value.of(60.5), Value.of(11L));
        }
    }

    @Test
    void finds_nothing_late_because_one_partition_is_read_faster_than_another() throws Exception {
        broker().makeTopic(topic, 2);
        int each = 100;
        for (int partition = 0; partition < 2; partition++) {
            for (int i = 0; i < each; i++) {
                broker().send(
                                topic,
                                partition,
                                event(2 * i + partition, NOW - 600L * (each - i) * SECOND));
            }
        }
        try (FeatureStore store = store();
                FeedReader reader = reader(store)) {
            stepUntil(reader, () -> reader.counts().rows() == 2L * each);
            assertThat(store.online(NOW).counts("card").late()).isZero();
            assertThat(read(store, NOW + SECOND).getLast()).isEqualTo(Value.of(2L * each));

            broker().send(topic, 1, event(-1, NOW - 30 * 60 * SECOND));
            stepUntil(reader, () -> reader.counts().rows() == 2L * each + 1);
            assertThat(store.online(NOW).counts("card").dropped()).isEqualTo(1);
        }
    }

    @Test
    void goes_on_behind_what_is_no_event_and_keeps_that_with_the_reason() throws Exception {
        broker().makeTopic(topic, 1);
        List<String> events =
                List.of(
                        event(0),
                        "no json",
                        "[1]",
                        event(1).replace("\"card\": 7", "\"card\": null"),
                        event(1).replace("Z\"", "\""),
                        event(1).replace("\"p1\"", "null"),
                        event(1).replace("amount", "sum"),
                        event(1).replace("1.5", "\"1.5\""),
                        event(1).replace("\"payment\": \"p1\",", ""),
                        event(2));
        for (String event : events) {
            broker().send(topic, 0, event);
        }
        try (FeatureStore store = store();
                FeedReader reader = reader(store)) {
            stepUntil(reader, () -> reader.counts().rows() == 2);
            assertThat(reader.counts().malformed()).isEqualTo(5);
            assertThat(reader.counts().schema()).isEqualTo(3);
            assertThat(read(store, NOW + SECOND)).containsExactly(Value.of(3.0), Value.of(2L));
        }
        List<String> kept = Files.readAllLines(folder.resolve("quarantine/card.jsonl"));
        assertThat(kept).hasSize(8);
        assertThat(kept.get(0)).contains("\"position\":1", "MALFORMED", "no JSON", "no json");
        assertThat(kept.get(2)).contains("card: a key is never null");
        assertThat(kept.get(3)).contains("zone");
        assertThat(kept.get(4)).contains("has no payment");
        assertThat(kept.get(5))
                .contains("SCHEMA", "no column 'sum'; was it renamed? It has [card] and [payment");
        assertThat(kept.get(6)).contains("amount: should be a number of 64 bits");
        assertThat(kept.get(7)).contains("column payment is missing");
        try (FeatureStore store = store();
                FeedReader reader = reader(store)) {
            assertThat(reader.counts().malformed()).as("known for good").isEqualTo(5);
        }
    }

    @Test
    void counts_a_late_event_and_drops_it_as_its_policy_says() throws Exception {
        broker().makeTopic(topic, 1);
        broker().send(topic, 0, event(1));
        broker().send(topic, 0, event(2, NOW - 30 * 60 * SECOND));
        try (FeatureStore store = store();
                FeedReader reader = reader(store)) {
            stepUntil(reader, () -> reader.counts().rows() == 2);
            assertThat(store.online(NOW).counts("card").dropped()).isEqualTo(1);
            assertThat(read(store, NOW + SECOND)).containsExactly(Value.of(1.5), Value.of(1L));
        }
    }

    @Test
    void survives_a_broker_that_goes_and_comes_back() throws Exception {
        broker().makeTopic(topic, 1);
        broker().send(topic, 0, event(1));
        try (FeatureStore store = store();
                FeedReader reader = reader(store)) {
            stepUntil(reader, () -> reader.counts().rows() == 1);
            broker().restart();
            broker().send(topic, 0, event(2));
            stepUntil(reader, () -> reader.counts().rows() == 2);
            assertThat(read(store, NOW + SECOND)).containsExactly(Value.of(4.0), Value.of(2L));
        }
    }

    @Test
    void reads_on_from_its_own_history_after_others_had_its_partitions() throws Exception {
        broker().makeTopic(topic, 2);
        broker().send(topic, 0, event(0));
        broker().send(topic, 1, event(1));
        try (FeatureStore store = store();
                FeedReader reader = reader(store)) {
            stepUntil(reader, () -> reader.counts().rows() == 2);
            var _ = reader.step(clock::get, WAIT); // tells Kafka how far it is
            var _ = reader.step(clock::get, WAIT);
            String group = group();
            try (var other =
                    new KafkaConsumer<>(
                            Map.of(
                                    "bootstrap.servers",
                                    broker().bootstrap(),
                                    "group.id",
                                    group,
                                    "auto.offset.reset",
                                    "earliest"),
                            new ByteArrayDeserializer(),
                            new ByteArrayDeserializer())) {
                other.subscribe(Set.of(topic));
                stepUntil(
                        reader,
                        () -> {
                            var _ = other.poll(WAIT);
                            return other.assignment().size() == 1;
                        });
                for (int payment = 2; payment < 6; payment++) {
                    broker().send(topic, payment % 2, event(payment));
                }
                var taken = new AtomicLong();
                stepUntil(
                        reader,
                        () ->
                                taken.addAndGet(other.poll(WAIT).count()) >= 2
                                        && reader.counts().rows() == 4);
                other.commitSync();
            }
            stepUntil(reader, () -> reader.counts().rows() == 6);
            assertThat(read(store, NOW + SECOND)).containsExactly(Value.of(18.0), Value.of(6L));
        }
    }

    private String group() throws Exception {
        try (var admin = broker().admin()) {
            return admin.listGroups().all().get().stream()
                    .map(listing -> listing.groupId())
                    .filter(id -> id.startsWith("touchstone-card-"))
                    .filter(id -> {
                        try {
                            return admin
                                    .listConsumerGroupOffsets(id)
                                    .partitionsToOffsetAndMetadata()
                                    .get()
                                    .keySet()
                                    .stream()
                                    .anyMatch(part -> part.topic().equals(topic));
                        } catch (Exception e) {
                            throw new AssertionError(e);
                        }
                    })
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void says_how_many_events_were_gone_before_it_came() throws Exception {
        broker().makeTopic(topic, 1);
        broker().send(topic, 0, event(0));
        try (FeatureStore store = store();
                FeedReader reader = reader(store)) {
            stepUntil(reader, () -> reader.counts().rows() == 1);
        }
        for (int payment = 1; payment < 5; payment++) {
            broker().send(topic, 0, event(payment));
        }
        deleteBefore(4);
        try (FeatureStore store = store();
                FeedReader reader = reader(store)) {
            stepUntil(reader, () -> reader.counts().rows() == 1);
            assertThat(reader.counts().lost()).isEqualTo(3);
        }
    }

    @Test
    void counts_what_is_gone_once_however_often_it_begins_again() throws Exception {
        broker().makeTopic(topic, 1);
        for (int payment = 0; payment < 6; payment++) {
            broker().send(topic, 0, event(payment));
        }
        deleteBefore(4);
        var source = new EventSource.Kafka(broker().bootstrap(), topic, Map.of());
        try (EventFeed feed = new KafkaFeeds().open(source, topic, _ -> 1)) {
            var _ = firstOf(feed);
            feed.rewind();
            feed.rewind();
            assertThat(feed.lost()).isEqualTo(3);
            deleteBefore(5);
            feed.rewind();
            assertThat(feed.lost()).as("one more has gone").isEqualTo(4);
        }
    }

    private void deleteBefore(long offset) throws Exception {
        try (var admin = broker().admin()) {
            var part = new TopicPartition(topic, 0);
            admin.deleteRecords(Map.of(part, RecordsToDelete.beforeOffset(offset))).all().get();
        }
    }

    @Test
    void refuses_a_topic_that_was_made_anew_and_has_grown_longer_than_the_old_one()
            throws Exception {
        broker().makeTopic(topic, 1);
        sendEvents(0, 3);
        try (FeatureStore store = store();
                FeedReader reader = reader(store)) {
            stepUntil(reader, () -> reader.counts().rows() == 3);
        }
        makeAnew();
        sendEvents(100, 108);
        try (FeatureStore store = store();
                FeedReader reader = reader(store)) {
            assertThatThrownBy(() -> stepUntil(reader, () -> false))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("was made anew")
                    .hasMessageContaining("options: {topic.id: \"" + topicId());
            assertThat(reader.counts().trouble()).contains("was made anew");
            assertThat(store.rowCount("card")).isEqualTo(3);
        }
        String source = "topic: " + topic;
        var named =
                Definitions.read(
                        "features.yaml",
                        text(broker().bootstrap())
                                .replace(
                                        source,
                                        source + ", options: {topic.id: \"" + topicId() + "\"}"));
        try (FeatureStore store = FeatureStore.open(folder, named);
                FeedReader reader = reader(store)) {
            stepUntil(reader, () -> reader.counts().rows() == 8);
            assertThat(reader.counts().trouble()).isEmpty();
        }
        try (FeatureStore store = store();
                FeedReader reader = reader(store)) {
            sendEvents(108, 109);
            stepUntil(reader, () -> reader.counts().rows() == 1);
            assertThat(store.rowCount("card")).as("known by now").isEqualTo(3 + 9);
        }
    }

    @Test
    void takes_nothing_of_a_topic_that_is_made_anew_while_it_is_read() throws Exception {
        broker().makeTopic(topic, 1);
        sendEvents(0, 3);
        try (FeatureStore store = store();
                FeedReader reader = reader(store)) {
            stepUntil(reader, () -> reader.counts().rows() == 3);
            makeAnew();
            sendEvents(100, 110);
            assertThatThrownBy(() -> stepUntil(reader, () -> false))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("was made anew");
            assertThat(store.rowCount("card")).isEqualTo(3);
        }
    }

    @Test
    void reads_on_from_positions_that_were_remembered_without_an_id() throws Exception {
        broker().makeTopic(topic, 1);
        sendEvents(0, 5);
        var source = new EventSource.Kafka(broker().bootstrap(), topic, Map.of());
        EventFeed.Positions old = part -> part.equals(topic + "/0") ? 3 : 0;
        try (EventFeed feed = new KafkaFeeds().open(source, topic, old)) {
            assertThat(firstOf(feed).position()).isEqualTo(3);
        }
    }

    @Test
    void leaves_positions_without_an_id_to_the_first_topic_that_had_one() throws Exception {
        broker().makeTopic(topic, 1);
        sendEvents(0, 5);
        String known = topic + "@" + topicId() + "/1";
        String earlier = topic + "@" + Uuid.randomUuid() + "/1";
        var source = new EventSource.Kafka(broker().bootstrap(), topic, Map.of());
        try (EventFeed feed =
                new KafkaFeeds().open(source, topic, old(topic + "/0", Set.of(known)))) {
            assertThat(firstOf(feed).position()).as("its other partition was read").isEqualTo(3);
        }
        try (EventFeed feed =
                new KafkaFeeds().open(source, topic, old(topic + "/0", Set.of(known, earlier)))) {
            assertThat(firstOf(feed).position()).as("it was made anew").isZero();
        }
    }

    /// As when three events of a part were read, and something of others.
    private static EventFeed.Positions old(String read, Set<String> others) {
        return new EventFeed.Positions() {
            @Override
            public long next(String part) {
                return part.equals(read) ? 3 : 0;
            }

            @Override
            public Set<String> parts() {
                return others;
            }
        };
    }

    private static EventFeed.Message firstOf(EventFeed feed) throws IOException {
        long deadline = System.nanoTime() + LIMIT_NANOS;
        List<EventFeed.Message> messages = feed.poll(WAIT);
        while (messages.isEmpty()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            messages = feed.poll(WAIT);
        }
        return messages.getFirst();
    }

    private void sendEvents(int from, int to) throws Exception {
        for (int payment = from; payment < to; payment++) {
            broker().send(topic, 0, event(payment));
        }
    }

    private void makeAnew() throws Exception {
        try (var admin = broker().admin()) {
            admin.deleteTopics(List.of(topic)).all().get();
        }
        broker().makeTopic(topic, 1);
    }

    private String topicId() throws Exception {
        try (var admin = broker().admin()) {
            return admin.describeTopics(List.of(topic)).allTopicNames().get().values().stream()
                    .findFirst()
                    .orElseThrow()
                    .topicId()
                    .toString();
        }
    }

    @Test
    void says_that_there_is_no_topic_or_no_broker() throws Exception {
        try (FeatureStore store = store();
                FeedReader reader = reader(store)) {
            assertThatThrownBy(() -> stepUntil(reader, () -> false))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("there is no such topic");
        }
        try (FeatureStore store =
                        FeatureStore.open(folder.resolve("other"), definitions("127.0.0.1:1"));
                FeedReader reader = reader(store)) {
            assertThatThrownBy(() -> stepUntil(reader, () -> false))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no broker answers");
        }
    }

    @Test
    void is_found_by_its_source() {
        var kafka = new EventSource.Kafka("localhost:9092", "t", Map.of());
        assertThat(ServiceLoader.load(EventFeedProvider.class))
                .anyMatch(one -> one.provides(kafka))
                .noneMatch(one -> one.provides(new EventSource.Folder("/data")));
        var wrong =
                new EventSource.Kafka("localhost:9092", "t", Map.of("security.protocol", "PLAIN"));
        assertThatThrownBy(() -> new KafkaFeeds().open(wrong, "r", _ -> 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("security.protocol");
        var noId = new EventSource.Kafka("localhost:9092", "t", Map.of("topic.id", "7"));
        assertThatThrownBy(() -> new KafkaFeeds().open(noId, "r", _ -> 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("localhost:9092", "topic.id", "'7'", "--describe");
    }
}
