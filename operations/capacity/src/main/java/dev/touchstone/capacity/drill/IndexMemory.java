package dev.touchstone.capacity.drill;

import static dev.touchstone.capacity.drill.Template.Mistake.slip;

import dev.touchstone.capacity.Plans;
import dev.touchstone.capacity.drill.Template.Ask;
import java.util.List;
import java.util.Map;

/// D6: what product quantisation makes of an index of vectors.
final class IndexMemory {
    private IndexMemory() {}

    static Template template() {
        return new Template(
                "D6",
                "Memory of a compressed vector index",
                Plans.named("ann"),
                Map.of(
                        "vectors",
                                List.of(
                                        "100M", "20M", "50M", "300M", "10M", "200M", "500M", "1bn",
                                        "2bn"),
                        "dimensions", List.of("768", "384", "512", "1024", "1536"),
                        "subvectors", List.of("96", "32", "48", "64", "128"),
                        "element", List.of("4 B")),
                "subvectors * 4 <= dimensions",
                List.of(
                        new Ask(
                                "codes",
                                "Product quantisation turns {vectors}, {dimensions} each, into"
                                        + " {subvectors} of one byte each. How much memory do the codes"
                                        + " take?",
                                "B",
                                false,
                                List.of(
                                        slip(
                                                "exact",
                                                "the uncompressed size",
                                                "a code replaces several numbers by one byte"),
                                        slip(
                                                "exact / 4",
                                                "a byte for every number",
                                                "one byte for each part, not for each number"),
                                        slip(
                                                "codes * 4",
                                                "four bytes a code",
                                                "a code is one byte: 256 centroids"),
                                        slip(
                                                "codes * 2",
                                                "two bytes a code",
                                                "a code is one byte: 256 centroids"),
                                        slip(
                                                "codes_ids",
                                                "ids counted",
                                                "the codes alone were asked for"),
                                        slip(
                                                "codebook",
                                                "the codebook",
                                                "that is shared; the codes are per vector"))),
                        new Ask(
                                "ratio",
                                "{vectors} of {dimensions} in fp32 become {subvectors} of one byte each. How"
                                        + " many times smaller is that?",
                                "×",
                                false,
                                List.of(
                                        slip(
                                                "ratio / 4",
                                                "bytes of a number forgotten",
                                                "an fp32 number has four bytes"),
                                        slip(
                                                "ratio / 2",
                                                "two bytes a number",
                                                "an fp32 number has four bytes"),
                                        slip(
                                                "1 / ratio",
                                                "the wrong way round",
                                                "large over small"),
                                        slip("ratio * 8", "bits for bytes", "a code is one byte"),
                                        slip("ratio / 8", "bits for bytes", "a code is one byte"))),
                        new Ask(
                                "exact",
                                "How much memory do {vectors} of {dimensions} in fp32 take before any"
                                        + " compression?",
                                "B",
                                false,
                                List.of(
                                        slip(
                                                "exact / 4",
                                                "bytes of a number forgotten",
                                                "an fp32 number has four bytes"),
                                        slip(
                                                "exact / 2",
                                                "two bytes a number",
                                                "an fp32 number has four bytes"),
                                        slip(
                                                "exact / dimensions * 1[number/vector]",
                                                "the dimensions forgotten",
                                                "times the numbers in a vector"),
                                        slip(
                                                "codes",
                                                "the compressed size",
                                                "before compression was asked for"))),
                        new Ask(
                                "codebook",
                                "Vectors of {dimensions} become {subvectors}, with 256 centroids in fp32"
                                        + " behind each. How large is the codebook?",
                                "B",
                                false,
                                List.of(
                                        slip(
                                                "codebook / 4",
                                                "bytes of a number forgotten",
                                                "an fp32 number has four bytes"),
                                        slip(
                                                "codebook / centroids",
                                                "one centroid of each part",
                                                "times 256"),
                                        slip(
                                                "codebook * subvectors",
                                                "centroids as long as the vector",
                                                "a centroid is as long as its part"),
                                        slip(
                                                "codebook / subvectors",
                                                "one part only",
                                                "times the parts"),
                                        slip(
                                                "codebook * vectors",
                                                "one codebook for each vector",
                                                "all vectors share it")))));
    }
}
