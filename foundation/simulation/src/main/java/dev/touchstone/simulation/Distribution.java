package dev.touchstone.simulation;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/// A distribution to draw durations, lengths and gaps from. Units are the caller's.
///
/// Sampling uses [StrictMath], whose results do not depend on the machine.
public sealed interface Distribution {
    /// One draw.
    double sample(RandomGenerator random);

    /// The expected value.
    double mean();

    /// Always the same value.
    record Constant(double value) implements Distribution {
        @Override
        public double sample(RandomGenerator random) {
            return value;
        }

        @Override
        public double mean() {
            return value;
        }
    }

    /// Every value from `low` (inclusive) to `high` (exclusive) alike.
    record Uniform(double low, double high) implements Distribution {
        public Uniform {
            require(low < high, "low must be below high, got %s and %s", low, high);
        }

        @Override
        public double sample(RandomGenerator random) {
            return low + (high - low) * random.nextDouble();
        }

        @Override
        public double mean() {
            return (low + high) / 2;
        }
    }

    /// Gaps of a Poisson process.
    record Exponential(double mean) implements Distribution {
        public Exponential {
            require(mean > 0, "mean must be above 0, got %s", mean);
        }

        @Override
        public double sample(RandomGenerator random) {
            return -mean * StrictMath.log1p(-random.nextDouble());
        }
    }

    /// Skewed to the right, as prompt lengths and service times are.
    ///
    /// @param mu mean of the logarithm
    /// @param sigma standard deviation of the logarithm
    record LogNormal(double mu, double sigma) implements Distribution {
        public LogNormal {
            require(sigma >= 0, "sigma must be at least 0, got %s", sigma);
        }

        /// With the given mean; `sigma` is the logarithm's standard deviation.
        public static LogNormal ofMean(double mean, double sigma) {
            require(mean > 0, "mean must be above 0, got %s", mean);
            return new LogNormal(StrictMath.log(mean) - sigma * sigma / 2, sigma);
        }

        @Override
        public double sample(RandomGenerator random) {
            return StrictMath.exp(mu + sigma * standardNormal(random));
        }

        @Override
        public double mean() {
            return StrictMath.exp(mu + sigma * sigma / 2);
        }
    }

    /// Draws from observed values, each as likely as it was seen.
    final class Empirical implements Distribution {
        private final double[] values;

        /// @param values at least one; copied
        public Empirical(double... values) {
            require(values.length > 0, "needs at least one value, got %s", values.length);
            this.values = values.clone();
        }

        @Override
        public double sample(RandomGenerator random) {
            return values[random.nextInt(values.length)];
        }

        @Override
        public double mean() {
            return Arrays.stream(values).average().orElseThrow();
        }
    }

    /// A standard normal draw, by Marsaglia's polar method ("A convenient method for generating
    /// normal variables", SIAM Review 6, 1964).
    private static double standardNormal(RandomGenerator random) {
        while (true) {
            double x = 2 * random.nextDouble() - 1;
            double y = 2 * random.nextDouble() - 1;
            double square = x * x + y * y;
            if (square > 0 && square < 1) {
                return x * StrictMath.sqrt(-2 * StrictMath.log(square) / square);
            }
        }
    }

    private static void require(boolean holds, String message, Object... values) {
        if (!holds) {
            throw new IllegalArgumentException(message.formatted(values));
        }
    }
}
