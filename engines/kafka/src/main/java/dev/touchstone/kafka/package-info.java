/// Events from Kafka topics. Start at [KafkaFeed].
@NullMarked
package dev.touchstone.kafka;

import org.jspecify.annotations.NullMarked;
