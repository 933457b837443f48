package dev.touchstone.llm.training;

/// AdamW (Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019), after
/// gradients longer than one have been cut to length one.
final class Optimizer {
    private static final float BETA_1 = 0.9f;
    private static final float BETA_2 = 0.95f;
    private static final float EPSILON = 1e-8f;
    private static final float DECAY = 0.05f;
    private static final double LONGEST = 1;

    final float[] first;
    final float[] second;
    private final Parameters parameters;

    Optimizer(Parameters parameters) {
        this.parameters = parameters;
        first = new float[parameters.size()];
        second = new float[parameters.size()];
    }

    /// Moves the weights against the gradient.
    ///
    /// @param step counted from 0
    /// @param rate how far, before Adam's scaling
    void move(float[] weights, float[] gradients, int step, double rate) {
        double square = 0;
        for (float g : gradients) {
            square += (double) g * g;
        }
        float cut = (float) Math.min(1, LONGEST / (Math.sqrt(square) + 1e-12));
        double late = 1 - StrictMath.pow(BETA_2, step + 1);
        float pace = (float) (rate / (1 - StrictMath.pow(BETA_1, step + 1)));
        float spread = (float) (1 / Math.sqrt(late));
        for (Parameters.Tensor tensor : parameters.tensors()) {
            float decay = tensor.isVector() ? 0 : (float) rate * DECAY;
            int end = tensor.from() + tensor.rows() * tensor.columns();
            for (int i = tensor.from(); i < end; i++) {
                float g = gradients[i] * cut;
                first[i] = BETA_1 * first[i] + (1 - BETA_1) * g;
                second[i] = BETA_2 * second[i] + (1 - BETA_2) * g * g;
                float scale = (float) Math.sqrt(second[i]) * spread + EPSILON;
                weights[i] -= decay * weights[i] + pace * first[i] / scale;
            }
        }
    }
}
