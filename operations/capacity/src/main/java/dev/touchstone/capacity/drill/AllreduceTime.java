package dev.touchstone.capacity.drill;

import static dev.touchstone.capacity.drill.Template.Mistake.slip;

import dev.touchstone.capacity.Plans;
import dev.touchstone.capacity.drill.Template.Ask;
import java.util.List;
import java.util.Map;

/// D8: what a ring exchange of gradients sends, and how long that takes.
final class AllreduceTime {
    private AllreduceTime() {}

    static Template template() {
        return new Template(
                "D8",
                "Time of an allreduce",
                Plans.named("allreduce"),
                Map.of(
                        "gpus", List.of("256", "8", "16", "32", "64", "128", "512", "1024"),
                        "gradients",
                                List.of(
                                        "14 GB", "2 GB", "3 GB", "6 GB", "16 GB", "26 GB", "60 GB",
                                        "140 GB"),
                        "link", List.of("400 Gbit/s", "100 Gbit/s", "200 Gbit/s", "800 Gbit/s")),
                "0 < 1",
                List.of(
                        new Ask(
                                "time",
                                "{gpus} in one ring, each with a link of {link}, add up gradients of"
                                        + " {gradients} and hand the sum round. How long does that take,"
                                        + " latency left out?",
                                "s",
                                false,
                                List.of(
                                        slip(
                                                "time / 8",
                                                "bits for bytes",
                                                "a link of 400 Gbit/s moves 50 GB/s"),
                                        slip(
                                                "time / 2",
                                                "one way round only",
                                                "once to add up, once to hand round: times two"),
                                        slip(
                                                "2 * gradients / link",
                                                "(n − 1) ÷ n forgotten",
                                                "each GPU keeps its own part: with few GPUs it shows"),
                                        slip(
                                                "gradients / link",
                                                "sent once, as a whole",
                                                "2 (n − 1) ÷ n times the gradients"),
                                        slip(
                                                "time * gpus",
                                                "all GPUs' traffic over one link",
                                                "every GPU has its own link"),
                                        slip(
                                                "time / gpus",
                                                "divided by the GPUs",
                                                "each GPU sends almost twice the gradients, however many there are"),
                                        slip(
                                                "time * 2",
                                                "four bytes a gradient",
                                                "the size is given"))),
                        new Ask(
                                "traffic",
                                "How much does each of {gpus} send, when a ring adds up gradients of"
                                        + " {gradients} and hands round the sum?",
                                "B",
                                false,
                                List.of(
                                        slip(
                                                "traffic / 2",
                                                "one way round only",
                                                "once to add up, once to hand round: times two"),
                                        slip(
                                                "2 * gradients",
                                                "(n − 1) ÷ n forgotten",
                                                "each GPU keeps its own part: with few GPUs it shows"),
                                        slip(
                                                "gradients",
                                                "sent once, as a whole",
                                                "2 (n − 1) ÷ n times the gradients"),
                                        slip(
                                                "traffic * gpus",
                                                "the traffic of all GPUs",
                                                "one GPU's was asked for"),
                                        slip(
                                                "traffic / gpus",
                                                "divided by the GPUs",
                                                "each GPU sends almost twice the gradients, however many there are")))));
    }
}
