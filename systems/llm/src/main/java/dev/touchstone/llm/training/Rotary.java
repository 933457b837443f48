package dev.touchstone.llm.training;

/// Rotary positions: neighbouring numbers of a head turn as a pair, by an angle that grows with the
/// token's position, faster for the first pairs.
final class Rotary {
    private final int headSize;
    private final float[] cosines;
    private final float[] sines;

    Rotary(int headSize, int length) {
        this.headSize = headSize;
        int pairs = headSize / 2;
        cosines = new float[length * pairs];
        sines = new float[length * pairs];
        for (int position = 0; position < length; position++) {
            for (int pair = 0; pair < pairs; pair++) {
                double angle = position * StrictMath.pow(Shape.ROTARY_BASE, -2.0 * pair / headSize);
                cosines[position * pairs + pair] = (float) StrictMath.cos(angle);
                sines[position * pairs + pair] = (float) StrictMath.sin(angle);
            }
        }
    }

    /// Turns all heads of every row; the row's number is the position.
    void turn(MatrixView rows) {
        turn(rows, 1);
    }

    /// Turns them back, which is also what the gradient needs.
    void turnBack(MatrixView rows) {
        turn(rows, -1);
    }

    private void turn(MatrixView rows, float direction) {
        float[] data = rows.data;
        int pairs = headSize / 2;
        for (int position = 0; position < rows.rows; position++) {
            int at = rows.from + position * rows.rowStride;
            for (int i = 0; i < rows.columns; i += 2) {
                int angle = position * pairs + i % headSize / 2;
                float cosine = cosines[angle];
                float sine = direction * sines[angle];
                float first = data[at + i];
                float second = data[at + i + 1];
                data[at + i] = first * cosine - second * sine;
                data[at + i + 1] = first * sine + second * cosine;
            }
        }
    }
}
