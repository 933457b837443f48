package dev.touchstone.llm.hardware;

import java.util.function.ToDoubleFunction;

/// Finds coefficients that make a model agree with measurements. All of them are above 0, so each
/// is moved by a factor, in turn, in ever smaller steps: slow, without surprises, and the same on
/// any machine.
public final class Fit {
    private static final double FIRST_STEP = 0.4;
    private static final double LAST_STEP = 0.01;

    private Fit() {}

    /// The coefficients at which the loss is smallest, as far as moving one at a time finds them.
    public static double[] minimise(double[] start, ToDoubleFunction<double[]> loss) {
        double[] best = start.clone();
        double least = loss.applyAsDouble(best);
        for (double step = FIRST_STEP; step > LAST_STEP; step *= 0.7) {
            boolean better = true;
            for (int round = 0; better && round < 4; round++) {
                better = false;
                for (int i = 0; i < best.length; i++) {
                    for (double factor : new double[] {1 + step, 1 / (1 + step)}) {
                        double[] moved = best.clone();
                        moved[i] *= factor;
                        double value = loss.applyAsDouble(moved);
                        if (value < least) {
                            best = moved;
                            least = value;
                            better = true;
                        }
                    }
                }
            }
        }
        return best;
    }
}
