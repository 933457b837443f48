package dev.touchstone.llm.cpu;

import java.util.function.IntToDoubleFunction;

/// Rotary position embedding: pairs of numbers in each head's vector are turned by an angle that
/// grows with the position (Su et al., "RoFormer", 2021).
///
/// Which numbers form a pair is a matter of how the file stores the weights: neighbours, or a
/// number of the first half with one of the second.
final class Rope {
    private final boolean neighbours;
    private final float[] frequencies;

    private Rope(boolean neighbours, float[] frequencies) {
        this.neighbours = neighbours;
        this.frequencies = frequencies;
    }

    /// The plain one: pair `i` of `n` turns by `base^(-i/n)` a position, divided by a factor.
    ///
    /// @param factor of a pair, by its index; 1 where nothing is scaled
    static Rope of(boolean neighbours, int headDimension, double base, IntToDoubleFunction factor) {
        var frequencies = new float[headDimension / 2];
        for (int i = 0; i < frequencies.length; i++) {
            float exponent = 2f * i / headDimension;
            float frequency = (float) (1 / Math.pow(base, exponent));
            frequencies[i] = (float) (frequency / factor.applyAsDouble(i));
        }
        return new Rope(neighbours, frequencies);
    }

    /// Llama 3's factors: slow pairs are slowed down by `factor`, fast ones not at all, those
    /// between by something between.
    ///
    /// @param settings `factor`, `low_freq_factor`, `high_freq_factor` and
    ///   `original_max_position_embeddings` as in the model's `config.json`
    static IntToDoubleFunction llama3(Properties settings, int headDimension, double base)
            throws ModelFileException {
        double factor = settings.number("factor");
        double low = settings.number("low_freq_factor");
        double high = settings.number("high_freq_factor");
        double context = settings.number("original_max_position_embeddings");
        return pair -> {
            double turns = context / (2 * Math.PI * Math.pow(base, 2.0 * pair / headDimension));
            if (turns > high) {
                return 1;
            }
            if (turns < low) {
                return factor;
            }
            double smooth = (turns - low) / (high - low);
            return 1 / ((1 - smooth) / factor + smooth);
        };
    }

    /// Fills in cosines and sines of a position's angles.
    ///
    /// @param turns cosine and sine of each pair, one after the other
    void turns(int position, float[] turns, int offset) {
        for (int i = 0; i < frequencies.length; i++) {
            float angle = position * frequencies[i];
            turns[offset + 2 * i] = (float) Math.cos(angle);
            turns[offset + 2 * i + 1] = (float) Math.sin(angle);
        }
    }

    /// Turns one head's vector.
    void rotate(float[] vector, int offset, float[] turns, int turnsOffset) {
        int pairs = frequencies.length;
        int step = neighbours ? 2 : 1;
        int apart = neighbours ? 1 : pairs;
        for (int i = 0; i < pairs; i++) {
            float cosine = turns[turnsOffset + 2 * i];
            float sine = turns[turnsOffset + 2 * i + 1];
            int a = offset + step * i;
            int b = a + apart;
            float x = vector[a];
            float y = vector[b];
            vector[a] = x * cosine - y * sine;
            vector[b] = y * cosine + x * sine;
        }
    }
}
