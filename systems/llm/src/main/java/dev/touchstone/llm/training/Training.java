package dev.touchstone.llm.training;

import dev.touchstone.simulation.RandomStreams;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/// One training from random weights to a file.
///
/// A step draws a batch from a stream of its own, so a training that goes on from a [Checkpoint]
/// ends in the same bytes as one that was never stopped.
public final class Training {
    /// What decides the result, to the last bit.
    ///
    /// @param steps batches to learn from
    /// @param windows texts in a batch
    /// @param length tokens of each
    /// @param rate of learning at its highest; it rises over the first steps and falls as a cosine
    /// @param seed of weights and of everything that is drawn
    public record Plan(Shape shape, int steps, int windows, int length, double rate, long seed) {
        /// The plan of the model that comes with Touchstone.
        public static final Plan SHIPPED =
                new Plan(new Shape(4, 256, 8, 4, 704, 1024, 1024), 1000, 2, 1024, 2e-3, 1);

        public Plan {
            if (steps < 1 || windows < 1) {
                throw new IllegalArgumentException(
                        "a training has at least 1 step and 1 window, got %d and %d"
                                .formatted(steps, windows));
            }
        }

        /// The same but for its length and its seed.
        public Plan with(int newSteps, long newSeed) {
            return new Plan(shape, newSteps, windows, length, rate, newSeed);
        }
    }

    /// Hears how a training goes.
    @FunctionalInterface
    public interface Progress {
        /// @param step steps done
        /// @param loss of the last one, in nats a token
        /// @return whether to go on
        boolean after(int step, double loss);
    }

    private static final double LOWEST_RATE = 0.05;
    private static final int WARM_UP_STEPS = 50;
    private static final int SAMPLE_CONVERSATIONS = 6_000;

    private final Plan plan;
    private final RandomStreams chance;
    private final Corpus corpus = Corpus.read();
    private final BytePairs tokenizer;
    private final Parameters parameters;
    private final Optimizer optimizer;
    private final TrainableTransformer model;
    private final float[] weights;
    private final float[] gradients;
    private int step;

    /// A training at its beginning.
    public Training(Plan plan) {
        this.plan = plan;
        chance = new RandomStreams(plan.seed);
        tokenizer = BytePairs.learn(sample(), plan.shape.vocabulary());
        parameters = new Parameters(plan.shape);
        weights = parameters.initial(chance.child("weights"));
        gradients = new float[parameters.size()];
        optimizer = new Optimizer(parameters);
        model = new TrainableTransformer(parameters, weights, plan.windows, plan.length);
    }

    /// Text for the tokenizer: what a training may draw, control tokens aside.
    private String sample() {
        RandomGenerator random = chance.stream("tokenizer");
        var text = new StringBuilder();
        for (int i = 0; i < SAMPLE_CONVERSATIONS; i++) {
            corpus.drawConversation(random)
                    .forEach(message ->
                            text.append(message.role())
                                    .append('\n')
                                    .append(message.content())
                                    .append('\n'));
            if (i % 10 == 0) {
                text.append(corpus.drawProse(random)).append('\n');
            }
        }
        return text.toString();
    }

    /// Weights of the model.
    public int size() {
        return parameters.size();
    }

    /// Steps done.
    public int step() {
        return step;
    }

    /// Goes on until the plan's steps are done or `progress` wants to stop.
    ///
    /// @return whether all steps are done
    public boolean run(Progress progress) {
        while (step < plan.steps) {
            double loss = learn();
            if (!progress.after(step, loss)) {
                break;
            }
        }
        return step == plan.steps;
    }

    private double learn() {
        TrainingBatch batch =
                TrainingBatch.draw(
                        corpus,
                        tokenizer,
                        chance.stream("batch " + step),
                        plan.windows,
                        plan.length);
        model.forward(batch.tokens, batch.starts);
        double loss = model.loss(batch.targets, batch.importance);
        model.backward(gradients);
        optimizer.move(weights, gradients, step, rate(step));
        step++;
        return loss;
    }

    private double rate(int at) {
        double warm = Math.min(1, (at + 1.0) / WARM_UP_STEPS);
        double done = (double) at / plan.steps;
        double cosine = (1 + StrictMath.cos(StrictMath.PI * done)) / 2;
        return plan.rate * warm * (LOWEST_RATE + (1 - LOWEST_RATE) * cosine);
    }

    /// Writes all that the training needs to go on, whole or not at all.
    public void save(Path checkpoint) throws IOException {
        Checkpoint.write(checkpoint, identity(), step, weights, optimizer);
    }

    /// Takes up what another run of this plan has saved.
    ///
    /// @throws IOException if the file is damaged or of another plan, corpus or program
    public void resume(Path checkpoint) throws IOException {
        step = Checkpoint.read(checkpoint, identity(), weights, optimizer);
    }

    private String identity() {
        return Checkpoint.identity(plan, corpus.raw());
    }

    /// Asks the model, as it would be read from its file, what was kept from training.
    public Exam.Report exam() {
        return new Exam(parameters, rounded(), tokenizer).sit(corpus, chance.stream("exam"));
    }

    private float[] rounded() {
        float[] rounded = weights.clone();
        for (Parameters.Tensor tensor : parameters.tensors()) {
            if (!tensor.isVector()) {
                MatrixView matrix = tensor.in(rounded);
                Q8.round(tensor.equals(parameters.embedding) ? matrix : matrix.transposed());
            }
        }
        return rounded;
    }

    /// Writes the model as a GGUF file, whole or not at all.
    public void write(Path file) throws IOException {
        Checkpoint.replace(file, ByteBuffer.wrap(toGguf()));
    }

    byte[] toGguf() {
        return GgufWriter.of(parameters, weights, tokenizer);
    }
}
