package dev.touchstone.features.demo;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// Logistic regression on the logarithms of counts.
///
/// A missing cell is taken for the average. Both halves of the payments are scored by a model that
/// was trained on the other half.
final class Scorer {
    private static final int ROUNDS = 150;
    private static final double STEP = 2;

    private final double[] mean;
    private final double[] spread;
    private final double[] weights;

    /// How good scores are.
    ///
    /// @param auc area under the ROC curve: how often a fraud is above an honest payment
    /// @param topDecile share of frauds among the tenth with the highest scores
    record Quality(double auc, double topDecile) {}

    private Scorer(int features) {
        this.mean = new double[features];
        this.spread = new double[features];
        this.weights = new double[features + 1];
    }

    /// Trains on one set and scores another of the same payments, by halves.
    ///
    /// @param training cells by payment and feature, NaN where missing
    /// @param scored likewise
    /// @param half which half a payment is in
    static Quality quality(
            double[][] training, double[][] scored, boolean[] fraud, boolean[] half) {
        double[] scores = new double[fraud.length];
        for (boolean side : new boolean[] {false, true}) {
            int[] learn = IntStream.range(0, fraud.length).filter(i -> half[i] != side).toArray();
            Scorer model = train(training, fraud, learn);
            for (int i = 0; i < scores.length; i++) {
                if (half[i] == side) {
                    scores[i] = model.score(scored[i]);
                }
            }
        }
        return new Quality(auc(scores, fraud), topDecile(scores, fraud));
    }

    private static Scorer train(double[][] cells, boolean[] fraud, int[] rows) {
        var model = new Scorer(cells[0].length);
        model.measure(cells, rows);
        double[][] inputs = new double[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            inputs[i] = model.input(cells[rows[i]]);
        }
        for (int round = 0; round < ROUNDS; round++) {
            double[] slope = new double[model.weights.length];
            for (int i = 0; i < rows.length; i++) {
                double chance = 1 / (1 + StrictMath.exp(-model.sum(inputs[i])));
                double error = (fraud[rows[i]] ? 1 : 0) - chance;
                slope[0] += error;
                for (int f = 0; f < inputs[i].length; f++) {
                    slope[f + 1] += error * inputs[i][f];
                }
            }
            for (int w = 0; w < slope.length; w++) {
                model.weights[w] += STEP * slope[w] / rows.length;
            }
        }
        return model;
    }

    private void measure(double[][] cells, int[] rows) {
        for (int f = 0; f < mean.length; f++) {
            int feature = f;
            double[] known =
                    Arrays.stream(rows)
                            .mapToDouble(row -> StrictMath.log1p(cells[row][feature]))
                            .filter(value -> !Double.isNaN(value))
                            .toArray();
            double middle = Arrays.stream(known).average().orElse(0);
            mean[f] = middle;
            double square =
                    Arrays.stream(known)
                            .map(value -> (value - middle) * (value - middle))
                            .average()
                            .orElse(1);
            spread[f] = square == 0 ? 1 : Math.sqrt(square);
        }
    }

    private double[] input(double[] cells) {
        double[] input = new double[cells.length];
        for (int f = 0; f < input.length; f++) {
            if (!Double.isNaN(cells[f])) {
                input[f] = (StrictMath.log1p(cells[f]) - mean[f]) / spread[f];
            }
        }
        return input;
    }

    private double sum(double[] input) {
        double sum = weights[0];
        for (int f = 0; f < input.length; f++) {
            sum += weights[f + 1] * input[f];
        }
        return sum;
    }

    private double score(double[] cells) {
        return sum(input(cells));
    }

    /// By ranks, ties sharing theirs (Mann and Whitney).
    static double auc(double[] scores, boolean[] fraud) {
        Integer[] order = order(scores);
        double ranks = 0;
        long frauds = 0;
        int from = 0;
        while (from < order.length) {
            int to = from;
            while (to < order.length
                    && Double.compare(scores[order[to]], scores[order[from]]) == 0) {
                to++;
            }
            double rank = (from + 1 + to) / 2.0;
            for (int i = from; i < to; i++) {
                if (fraud[order[i]]) {
                    ranks += rank;
                    frauds++;
                }
            }
            from = to;
        }
        double above = ranks - frauds * (frauds + 1) / 2.0;
        return above / ((double) frauds * (scores.length - frauds));
    }

    static double topDecile(double[] scores, boolean[] fraud) {
        Integer[] order = order(scores);
        int tenth = scores.length / 10;
        long frauds =
                IntStream.range(scores.length - tenth, scores.length)
                        .filter(i -> fraud[order[i]])
                        .count();
        return (double) frauds / tenth;
    }

    private static Integer[] order(double[] scores) {
        return IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> scores[i]))
                .toArray(Integer[]::new);
    }
}
