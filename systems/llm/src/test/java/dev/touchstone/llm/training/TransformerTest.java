package dev.touchstone.llm.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.simulation.RandomStreams;
import dev.touchstone.testkit.Seeds;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("A transformer in training")
class TransformerTest {
    private static final Shape SHAPE = new Shape(2, 64, 2, 1, 96, 64, 96);
    private static final int WINDOWS = 2;
    private static final int LENGTH = 96;

    private final Parameters parameters = new Parameters(SHAPE);

    @ParameterizedTest
    @Seeds(3)
    void has_the_gradient_that_small_changes_of_each_tensor_show(long seed) {
        RandomGenerator random = new RandomStreams(seed).stream("test");
        float[] weights = parameters.initial(new RandomStreams(seed));
        for (int i = 0; i < weights.length; i++) {
            weights[i] += 0.05f * (2 * random.nextFloat() - 1);
        }
        int[] tokens = random.ints(WINDOWS * LENGTH, 0, SHAPE.vocabulary()).toArray();
        int[] targets = random.ints(WINDOWS * LENGTH, 0, SHAPE.vocabulary()).toArray();
        var importance = new float[WINDOWS * LENGTH];
        for (int i = 0; i < importance.length; i++) {
            importance[i] = random.nextInt(3) == 0 ? 0 : random.nextFloat();
        }
        var model = new Transformer(parameters, weights, WINDOWS, LENGTH);
        var gradients = new float[weights.length];
        model.forward(tokens);
        model.loss(targets, importance);
        model.backward(gradients);

        for (Parameters.Tensor tensor : parameters.tensors()) {
            int size = tensor.rows() * tensor.columns();
            // Along the gradient of this tensor alone the loss rises by its length.
            double length = 0;
            for (int i = tensor.from(); i < tensor.from() + size; i++) {
                length += (double) gradients[i] * gradients[i];
            }
            length = Math.sqrt(length);
            double step = 0.004;
            double rise =
                    lossAt(
                                    model,
                                    weights,
                                    gradients,
                                    tensor,
                                    step / length,
                                    tokens,
                                    targets,
                                    importance)
                            - lossAt(
                                    model,
                                    weights,
                                    gradients,
                                    tensor,
                                    -step / length,
                                    tokens,
                                    targets,
                                    importance);
            assertThat(rise / (2 * step))
                    .as("slope of %s", tensor.name())
                    .isCloseTo(length, Offset.offset(0.01 * length + 2e-5));
        }
    }

    private double lossAt(
            Transformer model,
            float[] weights,
            float[] direction,
            Parameters.Tensor tensor,
            double by,
            int[] tokens,
            int[] targets,
            float[] importance) {
        int end = tensor.from() + tensor.rows() * tensor.columns();
        float[] before = Arrays.copyOfRange(weights, tensor.from(), end);
        for (int i = tensor.from(); i < end; i++) {
            weights[i] += (float) (by * direction[i]);
        }
        model.forward(tokens);
        double loss = model.loss(targets, importance);
        System.arraycopy(before, 0, weights, tensor.from(), before.length);
        return loss;
    }

    @Test
    void says_the_same_about_a_token_whatever_follows_it() {
        float[] weights = parameters.initial(new RandomStreams(5));
        RandomGenerator random = new RandomStreams(6).stream("test");
        int[] tokens = random.ints(LENGTH, 0, SHAPE.vocabulary()).toArray();
        var model = new Transformer(parameters, weights, 1, LENGTH);
        int seen = 40;
        int logits = seen * SHAPE.vocabulary();
        float[] before = Arrays.copyOf(model.forward(tokens).data, logits);
        for (int i = seen; i < LENGTH; i++) {
            tokens[i] = (tokens[i] + 1) % SHAPE.vocabulary();
        }
        float[] after = Arrays.copyOf(model.forward(tokens).data, logits);
        assertThat(after).containsExactly(before);
    }

    @Test
    void reads_windows_as_if_each_were_alone() {
        float[] weights = parameters.initial(new RandomStreams(5));
        RandomGenerator random = new RandomStreams(6).stream("test");
        int[] tokens = random.ints(2 * LENGTH, 0, SHAPE.vocabulary()).toArray();
        float[] together =
                new Transformer(parameters, weights, 2, LENGTH).forward(tokens).data.clone();
        var alone = new Transformer(parameters, weights, 1, LENGTH);
        int half = LENGTH * SHAPE.vocabulary();
        assertThat(alone.forward(Arrays.copyOf(tokens, LENGTH)).data)
                .containsExactly(Arrays.copyOf(together, half));
        assertThat(alone.forward(Arrays.copyOfRange(tokens, LENGTH, 2 * LENGTH)).data)
                .containsExactly(Arrays.copyOfRange(together, half, 2 * half));
    }
}
