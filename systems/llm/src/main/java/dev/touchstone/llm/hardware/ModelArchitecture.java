package dev.touchstone.llm.hardware;

import dev.touchstone.llm.ElementType;
import dev.touchstone.llm.ModelSpec;
import java.util.List;

/// The matrices of a Llama-shaped model: what [ModelSpec] says and what the cost of a step needs
/// besides.
///
/// @param spec layers, heads and types
/// @param hidden width of the residual stream
/// @param feedForward inner width of the gated feed-forward network
/// @param vocabulary rows of the output matrix
public record ModelArchitecture(ModelSpec spec, int hidden, int feedForward, int vocabulary) {
    /// Vocabulary assumed for a model that is only known by its [ModelSpec]; Llama 2's.
    public static final int ASSUMED_VOCABULARY = 32_000;

    /// Configurations published with the models; all with weights and cache in bf16.
    public static final ModelArchitecture LLAMA_3_1_8B =
            new ModelArchitecture(ModelSpec.LLAMA_3_1_8B, 4_096, 14_336, 128_256);

    public static final ModelArchitecture LLAMA_2_7B =
            new ModelArchitecture(
                    bf16("llama-2-7b", 6_738_415_616L, 32, 32, 32), 4_096, 11_008, 32_000);

    public static final ModelArchitecture LLAMA_2_70B =
            new ModelArchitecture(
                    bf16("llama-2-70b", 68_976_648_192L, 80, 64, 8), 8_192, 28_672, 32_000);

    public static final ModelArchitecture QWEN3_14B =
            new ModelArchitecture(
                    bf16("qwen3-14b", 14_768_307_200L, 40, 40, 8), 5_120, 17_408, 151_936);

    public static final ModelArchitecture QWEN3_32B =
            new ModelArchitecture(
                    bf16("qwen3-32b", 32_762_123_264L, 64, 64, 8), 5_120, 25_600, 151_936);

    public static final ModelArchitecture MISTRAL_NEMO_12B =
            new ModelArchitecture(
                    bf16("mistral-nemo-12b", 12_247_782_400L, 40, 32, 8), 5_120, 14_336, 131_072);

    /// Every architecture whose matrices are known rather than derived.
    public static final List<ModelArchitecture> ALL =
            List.of(LLAMA_3_1_8B, LLAMA_2_7B, LLAMA_2_70B, QWEN3_14B, QWEN3_32B, MISTRAL_NEMO_12B);

    public ModelArchitecture {
        requirePositive("hidden", hidden);
        requirePositive("feedForward", feedForward);
        requirePositive("vocabulary", vocabulary);
    }

    /// The architecture of a model: the published one where its name is known, otherwise the one
    /// that a model of its heads and its number of parameters must have, if its residual stream is
    /// as wide as its query heads together and its vocabulary is [#ASSUMED_VOCABULARY].
    public static ModelArchitecture of(ModelSpec spec) {
        for (ModelArchitecture known : ALL) {
            if (known.spec.name().equals(spec.name()) && known.spec.layers() == spec.layers()) {
                return new ModelArchitecture(
                        spec, known.hidden, known.feedForward, known.vocabulary);
            }
        }
        long hidden = (long) spec.heads() * spec.headDimension();
        long kvWidth = (long) spec.kvHeads() * spec.headDimension();
        long perLayer =
                (spec.parameters() - 2 * ASSUMED_VOCABULARY * hidden) / spec.layers()
                        - hidden * (2 * hidden + 2 * kvWidth);
        long feedForward = perLayer / (3 * hidden);
        if (feedForward < 1) {
            throw new IllegalArgumentException(
                    ("%s has %d parameters, too few for %d layers of %d heads of %d: its attention and"
                                    + " a vocabulary of %d alone have more")
                            .formatted(
                                    spec.name(),
                                    spec.parameters(),
                                    spec.layers(),
                                    spec.heads(),
                                    spec.headDimension(),
                                    ASSUMED_VOCABULARY));
        }
        return new ModelArchitecture(
                spec, Math.toIntExact(hidden), Math.toIntExact(feedForward), ASSUMED_VOCABULARY);
    }

    /// The same model with its keys and values stored in another type.
    public ModelArchitecture withKvType(ElementType type) {
        return new ModelArchitecture(spec.withKvType(type), hidden, feedForward, vocabulary);
    }

    /// Width of queries, keys and values together.
    public int qkvWidth() {
        return (spec.heads() + 2 * spec.kvHeads()) * spec.headDimension();
    }

    /// Width of the queries, which is also what attention puts out.
    public int queryWidth() {
        return spec.heads() * spec.headDimension();
    }

    /// Weights that one step reads: all but the input embedding, of which it reads a row a token.
    public long weightsPerStep() {
        long perLayer = (long) hidden * (qkvWidth() + queryWidth()) + 3L * hidden * feedForward;
        return spec.layers() * perLayer + (long) vocabulary * hidden;
    }

    /// A model with heads of 128 numbers, as they nearly all have.
    private static ModelSpec bf16(
            String name, long parameters, int layers, int heads, int kvHeads) {
        return new ModelSpec(
                name, parameters, layers, heads, kvHeads, 128, ElementType.BF16, ElementType.BF16);
    }

    private static void requirePositive(String field, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(field + " must be at least 1, got " + value);
        }
    }
}
