package dev.touchstone.capacity.drill;

import static dev.touchstone.capacity.drill.Template.Mistake.slip;

import dev.touchstone.capacity.Plans;
import dev.touchstone.capacity.drill.Template.Ask;
import dev.touchstone.capacity.drill.Template.Mistake;
import java.util.List;
import java.util.Map;

/// D3: the servers that hold a table of embeddings.
final class EmbeddingShards {
    private EmbeddingShards() {}

    static Template template() {
        return new Template(
                "D3",
                "Servers for an embedding table",
                Plans.named("embeddings"),
                Map.of(
                        "rows",
                                List.of(
                                        "500M", "200M", "300M", "700M", "800M", "1.2bn", "2bn",
                                        "3bn"),
                        "dimensions", List.of("128", "64", "256"),
                        "subvectors", List.of("16"),
                        "element", List.of("2 B", "4 B", "1 B"),
                        "ram", List.of("64 GB", "128 GB", "96 GB", "256 GB"),
                        "reserved", List.of("16 GB", "8 GB", "24 GB", "32 GB")),
                "2[shard] <= shards",
                List.of(
                        new Ask(
                                "shards",
                                "{rows} of embeddings, {dimensions} each at {element}, are spread over"
                                        + " servers with {ram} of memory, of which {reserved} is spoken"
                                        + " for. How many servers hold the table once, nothing but the"
                                        + " numbers counted?",
                                "shard",
                                true,
                                List.of(
                                        slip(
                                                "ceil(table / ram)",
                                                "the reserved memory forgotten",
                                                "subtract what is spoken for before dividing"),
                                        slip(
                                                "floor(table / usable)",
                                                "rounded down",
                                                Mistake.ROUND_UP),
                                        slip("table / usable", "not rounded up", Mistake.ROUND_UP),
                                        slip(
                                                "ceil(rows * dimensions * 1[B/number] / usable)",
                                                "bytes of a number forgotten",
                                                "numbers are not bytes: times the size of the type"),
                                        slip(
                                                "ceil(table / reserved)",
                                                "divided by what is reserved",
                                                "divide by what is left of the memory"),
                                        slip(
                                                "ceil(table / (ram + reserved))",
                                                "the reserved memory added",
                                                "subtract what is spoken for"),
                                        slip(
                                                "ceil(table * 4[B/number] / element / usable)",
                                                "four bytes a number",
                                                "look at the type again"),
                                        slip(
                                                "ceil(table / 8 / usable)",
                                                "bits for bytes",
                                                "the type is given in bytes"),
                                        slip(
                                                "ceil(table * 8 / usable)",
                                                "bits for bytes",
                                                "the type is given in bytes"),
                                        slip(
                                                "shards * copies / 1[shard]",
                                                "copies counted",
                                                "the table once was asked for"))),
                        new Ask(
                                "table",
                                "How large is a table of {rows}, {dimensions} each at {element}?",
                                "B",
                                false,
                                List.of(
                                        slip(
                                                "table * 1[B/number] / element",
                                                "bytes of a number forgotten",
                                                "numbers are not bytes: times the size of the type"),
                                        slip(
                                                "table / dimensions",
                                                "the length of the rows forgotten",
                                                "times the numbers in a row"),
                                        slip(
                                                "table * 4[B/number] / element",
                                                "four bytes a number",
                                                "look at the type again"),
                                        slip(
                                                "table * 2[B/number] / element",
                                                "two bytes a number",
                                                "look at the type again")))));
    }
}
