package dev.touchstone.capacity.drill;

import static dev.touchstone.capacity.drill.Template.Mistake.slip;

import dev.touchstone.capacity.Plans;
import dev.touchstone.capacity.drill.Template.Ask;
import dev.touchstone.capacity.drill.Template.Mistake;
import java.util.List;
import java.util.Map;

/// D4: partitions of an event log, and its disks.
final class LogPartitions {
    private LogPartitions() {}

    static Template template() {
        return new Template(
                "D4",
                "Partitions of an event log",
                Plans.named("kafka"),
                Map.of(
                        "events", List.of("2M/s", "500k/s", "800k/s", "1.5M/s", "3M/s", "5M/s"),
                        "event", List.of("1 kB", "500 B", "2 kB", "800 B"),
                        "partition", List.of("50 MB/s", "20 MB/s", "25 MB/s", "40 MB/s"),
                        "margin", List.of("20 %", "25 %", "30 %", "40 %"),
                        "replication", List.of("3", "2"),
                        "retention", List.of("24 h", "12 h", "72 h")),
                "10[partition] <= partitions",
                List.of(
                        new Ask(
                                "partitions",
                                "Producers write {events}, {event} each. A partition was measured to take"
                                        + " {partition}, and {margin} of that shall stay free. How many"
                                        + " partitions does the topic need? (1 kB is 1,000 bytes.)",
                                "partition",
                                true,
                                List.of(
                                        slip(
                                                "ceil(ingest / partition)",
                                                "the margin forgotten",
                                                "divide by what is used of a partition: 1 − margin"),
                                        slip(
                                                "ceil(ingest * (1 + margin) / partition)",
                                                "the margin added instead of divided out",
                                                "1 ÷ (1 − margin) is more than 1 + margin"),
                                        slip(
                                                "ceil(ingest * (1 - margin) / partition)",
                                                "the margin on the wrong side",
                                                "a margin makes it more partitions, not fewer"),
                                        slip(
                                                "ceil(ingest / (partition * margin))",
                                                "only the margin used",
                                                "use 1 − margin of a partition"),
                                        slip(
                                                "ceil(ingest * 8 / usable)",
                                                "bits for bytes",
                                                "both figures are in bytes"),
                                        slip(
                                                "ceil(ingest / 8 / usable)",
                                                "bits for bytes",
                                                "both figures are in bytes"),
                                        slip(
                                                "ceil(ingest * 1.024 / (usable * 1.048576))",
                                                "binary prefixes",
                                                "1 kB is 1,000 bytes and 1 MB a million here"),
                                        slip(
                                                "ceil(ingest * 1.024 / usable)",
                                                "binary and decimal prefixes mixed",
                                                "1 kB is 1,000 bytes and 1 MB a million here"),
                                        slip(
                                                "ceil(ingest * replication / usable)",
                                                "copies counted as writes",
                                                "a copy belongs to the same partition"),
                                        slip(
                                                "floor(ingest / usable)",
                                                "rounded down",
                                                Mistake.ROUND_UP),
                                        slip("ingest / usable", "not rounded up", Mistake.ROUND_UP),
                                        slip(
                                                "ceil(ingest / usable / 1000)",
                                                "a prefix off: a thousand too much or too little",
                                                "kilo is 3, mega is 6"),
                                        slip(
                                                "ceil(ingest / usable * 1000)",
                                                "a prefix off: a thousand too much or too little",
                                                "kilo is 3, mega is 6"))),
                        new Ask(
                                "disk",
                                "A topic takes {events}, {event} each, and keeps them for {retention} in"
                                        + " {replication} copies altogether. How much disk do the brokers"
                                        + " need for it?",
                                "B",
                                false,
                                List.of(
                                        slip(
                                                "disk / replication",
                                                "the copies forgotten",
                                                "times the copies"),
                                        slip(
                                                "disk * (replication - 1) / replication",
                                                "the original forgotten",
                                                "the copies include it here"),
                                        slip(
                                                "disk * (replication + 1) / replication",
                                                "one copy too many",
                                                "the copies include the original here"),
                                        slip(
                                                "disk / (1 - margin)",
                                                "a margin added",
                                                "none was asked for")))));
    }
}
