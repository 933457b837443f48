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
class TrainableTransformerTest {
    private static final Shape SHAPE = new Shape(2, 64, 2, 1, 96, 64, 96);
    private static final int WINDOWS = 2;
    private static final int LENGTH = 96;

    private final Parameters parameters = new Parameters(SHAPE);

    @ParameterizedTest
    @Seeds(3)
    void has_the_gradient_that_small_changes_of_each_tensor_show(long seed) {
        float[] weights = parameters.initial(new RandomStreams(seed));
        var lesson = new Lesson(new RandomStreams(seed).stream("test"), weights);
        var gradients = new float[weights.length];
        lesson.loss();
        lesson.model.backward(gradients);

        for (Parameters.Tensor tensor : parameters.tensors()) {
            // Along the gradient of this tensor alone the loss rises by its length.
            int end = tensor.from() + tensor.rows() * tensor.columns();
            double square = 0;
            for (int i = tensor.from(); i < end; i++) {
                square += (double) gradients[i] * gradients[i];
            }
            double length = Math.sqrt(square);
            double step = 0.004;
            float[] before = Arrays.copyOfRange(weights, tensor.from(), end);
            double[] losses = new double[2];
            for (int side = 0; side < 2; side++) {
                for (int i = tensor.from(); i < end; i++) {
                    double by = (2 * side - 1) * step / length * gradients[i];
                    weights[i] = (float) (before[i - tensor.from()] + by);
                }
                losses[side] = lesson.loss();
            }
            System.arraycopy(before, 0, weights, tensor.from(), before.length);
            assertThat((losses[1] - losses[0]) / (2 * step))
                    .as("slope of %s", tensor.name())
                    .isCloseTo(length, Offset.offset(0.01 * length + 5e-5));
        }
    }

    /// Random windows of two texts each, to be read with weights that may change.
    private final class Lesson {
        private final TrainableTransformer model;
        private final int[] tokens;
        private final int[] targets;
        private final int[] starts = new int[WINDOWS * LENGTH];
        private final float[] importance = new float[WINDOWS * LENGTH];

        Lesson(RandomGenerator random, float[] weights) {
            for (int i = 0; i < weights.length; i++) {
                weights[i] += 0.05f * (2 * random.nextFloat() - 1);
            }
            model = new TrainableTransformer(parameters, weights, WINDOWS, LENGTH);
            tokens = random.ints(WINDOWS * LENGTH, 0, SHAPE.vocabulary()).toArray();
            targets = random.ints(WINDOWS * LENGTH, 0, SHAPE.vocabulary()).toArray();
            for (int window = 0; window < WINDOWS; window++) {
                int second = random.nextInt(1, LENGTH);
                Arrays.fill(starts, window * LENGTH + second, (window + 1) * LENGTH, second);
            }
            for (int i = 0; i < importance.length; i++) {
                importance[i] = random.nextInt(3) == 0 ? 0 : random.nextFloat();
            }
        }

        double loss() {
            model.forward(tokens, starts);
            return model.loss(targets, importance);
        }
    }

    @Test
    void says_the_same_about_a_token_whatever_follows_it() {
        float[] weights = parameters.initial(new RandomStreams(5));
        RandomGenerator random = new RandomStreams(6).stream("test");
        int[] tokens = random.ints(LENGTH, 0, SHAPE.vocabulary()).toArray();
        var model = new TrainableTransformer(parameters, weights, 1, LENGTH);
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
    void reads_a_text_as_if_nothing_stood_before_it() {
        float[] weights = parameters.initial(new RandomStreams(5));
        RandomGenerator random = new RandomStreams(6).stream("test");
        int second = 37;
        int[] tokens = random.ints(LENGTH, 0, SHAPE.vocabulary()).toArray();
        int[] starts = new int[LENGTH];
        Arrays.fill(starts, second, LENGTH, second);
        var model = new TrainableTransformer(parameters, weights, 1, LENGTH);
        int from = second * SHAPE.vocabulary();
        int to = LENGTH * SHAPE.vocabulary();
        float[] before = Arrays.copyOfRange(model.forward(tokens, starts).data, from, to);
        for (int i = 0; i < second; i++) {
            tokens[i] = (tokens[i] + 1) % SHAPE.vocabulary();
        }
        assertThat(Arrays.copyOfRange(model.forward(tokens, starts).data, from, to))
                .containsExactly(before);

        int[] alone = Arrays.copyOf(Arrays.copyOfRange(tokens, second, LENGTH), LENGTH);
        float[] moved =
                Arrays.copyOf(model.forward(alone).data, (LENGTH - second) * SHAPE.vocabulary());
        for (int i = 0; i < moved.length; i++) {
            assertThat(moved[i]).isCloseTo(before[i], Offset.offset(1e-4f));
        }
    }

    @Test
    void reads_windows_as_if_each_were_alone() {
        float[] weights = parameters.initial(new RandomStreams(5));
        RandomGenerator random = new RandomStreams(6).stream("test");
        int[] tokens = random.ints(2 * LENGTH, 0, SHAPE.vocabulary()).toArray();
        float[] together =
                new TrainableTransformer(parameters, weights, 2, LENGTH)
                        .forward(tokens)
                        .data
                        .clone();
        var alone = new TrainableTransformer(parameters, weights, 1, LENGTH);
        int half = LENGTH * SHAPE.vocabulary();
        assertThat(alone.forward(Arrays.copyOf(tokens, LENGTH)).data)
                .containsExactly(Arrays.copyOf(together, half));
        assertThat(alone.forward(Arrays.copyOfRange(tokens, LENGTH, 2 * LENGTH)).data)
                .containsExactly(Arrays.copyOfRange(together, half, 2 * half));
    }
}
