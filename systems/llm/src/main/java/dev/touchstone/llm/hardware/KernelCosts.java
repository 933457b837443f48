package dev.touchstone.llm.hardware;

import dev.touchstone.llm.ElementType;
import dev.touchstone.llm.ModelSpec;

/// Puts a model's step together from single kernels.
final class KernelCosts implements StepCosts {
    /// Steps of up to so many tokens are priced once.
    private static final int PRICED_TOKENS = 16_384;

    private static final int PRICED_SEQUENCES = 1_024;

    /// Kernels between the matrix products of a layer: two normalisations with their residual sums,
    /// rotation, activation, and the write into the cache.
    private static final int ELEMENTWISE_KERNELS = 5;

    /// Of activations, which are in half precision under all weight types.
    private static final int ACTIVATION_BYTES = 2;

    private static final int SUMS_PER_LAYER = 2;

    private final Kernels kernels;
    private final Kernels.Attention attention;
    private final Interconnect link;
    private final Surroundings surroundings;
    private final ModelArchitecture model;
    private final int gpus;
    private final int layers;
    private final double[] dense = new double[PRICED_TOKENS + 1];
    private final double[] head = new double[PRICED_SEQUENCES + 1];

    /// What a model costs beside the kernels that were measured alone.
    ///
    /// @param launchMicros of each kernel that only passes over activations
    /// @param bytesPerMicro at which those pass over them
    /// @param throttleMicrosPerFlop by which matrix products are slower under sustained load, at
    ///   the clock that power and temperature allow, than in a short measurement
    /// @param gapMicros between the kernels of a layer
    /// @param promptGapMicros that a layer takes longer in a step that reads a prompt
    record Surroundings(
            double launchMicros,
            double bytesPerMicro,
            double throttleMicrosPerFlop,
            double gapMicros,
            double promptGapMicros) {}

    KernelCosts(
            Kernels kernels,
            Surroundings surroundings,
            Interconnect link,
            ModelArchitecture model,
            int gpus) {
        ModelSpec spec = model.spec();
        if (gpus < 1 || spec.heads() % gpus != 0) {
            throw new IllegalArgumentException(
                    "the %d heads of %s cannot be split over %d GPUs; take a divisor of %d"
                            .formatted(spec.heads(), spec.name(), gpus, spec.heads()));
        }
        this.kernels = kernels;
        this.surroundings = surroundings;
        this.link = link;
        this.model = model;
        this.gpus = gpus;
        layers = spec.layers();
        attention = kernels.attention(AttentionShape.of(model, gpus));
        for (int tokens = 1; tokens <= PRICED_TOKENS; tokens++) {
            dense[tokens] = Math.max(dense[tokens - 1], layers * layer(tokens));
        }
        for (int sequences = 1; sequences <= PRICED_SEQUENCES; sequences++) {
            head[sequences] = Math.max(head[sequences - 1], output(sequences));
        }
    }

    @Override
    public double dense(int tokens) {
        return tokens <= PRICED_TOKENS
                ? dense[tokens]
                : Math.max(dense[PRICED_TOKENS], layers * layer(tokens));
    }

    @Override
    public double head(int sequences) {
        return sequences <= PRICED_SEQUENCES
                ? head[sequences]
                : Math.max(head[PRICED_SEQUENCES], output(sequences));
    }

    private double output(int sequences) {
        ElementType type = model.spec().weightType();
        // Output matrices stay in half precision where the other weights are quantised.
        ElementType headType = type.bits() < 16 ? ElementType.BF16 : type;
        int rows = (model.vocabulary() + gpus - 1) / gpus;
        double logitBytes = 4.0 * ACTIVATION_BYTES * sequences * model.vocabulary();
        return kernels.gemm(sequences, rows, model.hidden(), headType)
                + ELEMENTWISE_KERNELS * surroundings.launchMicros
                + logitBytes / surroundings.bytesPerMicro;
    }

    @Override
    public double decode(int sequences, long cachedTokens, int prefillTokens) {
        double length = (double) cachedTokens / sequences;
        return layers
                * (prefillTokens == 0
                        ? attention.decode(sequences, length)
                        : attention.decodeBesidePrefill(sequences, length));
    }

    @Override
    public double prefill(int batch, int chunk, int context) {
        return layers * (attention.prefill(batch, chunk, context) - attention.launch()) / batch;
    }

    @Override
    public double attentionLaunch() {
        return layers * attention.launch();
    }

    @Override
    public double promptGap() {
        return layers * surroundings.promptGapMicros;
    }

    private double layer(int tokens) {
        ModelSpec spec = model.spec();
        ElementType type = spec.weightType();
        int hidden = model.hidden();
        int ffn = (model.feedForward() + gpus - 1) / gpus;
        int query = model.queryWidth() / gpus;
        int qkv = query + 2 * Math.max(1, spec.kvHeads() / gpus) * spec.headDimension();
        // Two normalisations read and write hidden state and residual; rotation passes over queries
        // and keys, activation reads two numbers for each it writes, the cache takes what came.
        double passed = 8.0 * hidden + 3.0 * qkv + 3.0 * ffn;
        int extra = spec.kvType().bits() < spec.weightType().bits() ? 1 : 0;
        return kernels.gemm(tokens, qkv, hidden, type)
                + kernels.gemm(tokens, hidden, query, type)
                + kernels.gemm(tokens, 2 * ffn, hidden, type)
                + kernels.gemm(tokens, hidden, ffn, type)
                + surroundings.gapMicros
                + (ELEMENTWISE_KERNELS + extra) * surroundings.launchMicros
                + ACTIVATION_BYTES * tokens * passed / surroundings.bytesPerMicro
                + 2.0
                        * tokens
                        * hidden
                        * (qkv + query + 3.0 * ffn)
                        * surroundings.throttleMicrosPerFlop
                + SUMS_PER_LAYER
                        * link.sumMicros(gpus, (double) ACTIVATION_BYTES * tokens * hidden);
    }
}
