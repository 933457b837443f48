package dev.touchstone.features;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/// A generated training set: 60 clean columns of twelve kinds, and eight leaks.
final class ScreenedFile {
    private static final int CLEAN = 60;
    private static final int KINDS = 12;
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final RandomGenerator random;
    private final int rows;
    private final double positives;

    /// How much each clean column says about the outcome, 0 to 1.
    private final double[] strength = new double[CLEAN];

    /// 600 to 2,400 rows of which 8 % to 50 % are positive.
    ScreenedFile(RandomGenerator random) {
        this.random = random;
        this.rows = 600 + random.nextInt(1_800);
        this.positives = 0.08 + 0.42 * random.nextDouble();
        for (int c = 0; c < CLEAN; c++) {
            strength[c] = random.nextDouble();
        }
    }

    List<String> lines() {
        var header =
                new StringBuilder(
                        "time,fraud,leak_copy,leak_noisy_copy,leak_later_count,leak_refund,leak_code,leak_reason,leak_closed,leak_until");
        for (int c = 0; c < CLEAN; c++) {
            header.append(",clean").append(c);
        }
        List<String> lines = new ArrayList<>(List.of(header.toString()));
        for (int row = 0; row < rows; row++) {
            lines.add(line(row, random.nextDouble() < positives));
        }
        return lines;
    }

    private String line(int row, boolean fraud) {
        Instant time = START.plus(row, ChronoUnit.MINUTES);
        List<String> cells = new ArrayList<>();
        cells.add(time.toString());
        cells.add(fraud ? "1" : "0");
        cells.add(fraud ? "yes" : "no");
        cells.add(fraud == chance(0.98) ? "1" : "0");
        cells.add(Integer.toString(fraud ? 2 + random.nextInt(5) : chance(0.9) ? 0 : 2));
        cells.add(fraud && chance(0.95) ? real(1 + 99 * random.nextDouble()) : "0");
        cells.add((fraud == chance(0.98) ? "bad" : "good") + random.nextInt(4));
        cells.add((fraud ? chance(0.85) : chance(0.05)) ? "chargeback" : "");
        cells.add(
                time.plus(random.nextInt(48) - 36, ChronoUnit.HOURS)
                        .truncatedTo(ChronoUnit.SECONDS)
                        .toString());
        cells.add(chance(0.02) ? time.plusSeconds(5).toString() : time.minusSeconds(5).toString());
        for (int c = 0; c < CLEAN; c++) {
            cells.add(clean(c, time, fraud));
        }
        return String.join(",", cells);
    }

    private boolean chance(double share) {
        return random.nextDouble() < share;
    }

    private static String real(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private String clean(int column, Instant time, boolean fraud) {
        double its = fraud ? strength[column] : 0;
        return switch (column % KINDS) {
            // Up to 1.8 standard deviations apart: an AUC of 0.90.
            case 0 -> real(random.nextGaussian() + 1.8 * its);
            case 1 -> real(Math.exp(2 * random.nextGaussian() + 2 * its));
            case 2 -> Integer.toString((int) (-Math.log(random.nextDouble()) * (2 + 4 * its)));
            case 3 -> chance(0.3) ? "" : Integer.toString(random.nextInt(100));
            // Up to 40 points more often there.
            case 4 -> chance(0.4 + 0.4 * its) ? real(random.nextGaussian()) : "";
            case 5 -> chance(0.2 + 0.6 * its) ? "true" : "false";
            case 6 -> "city" + (int) (20 * Math.pow(random.nextDouble(), 1 + 2 * its));
            case 7 -> "user" + random.nextInt(1_000_000);
            case 8 -> "merchant" + random.nextInt(400);
            case 9 -> time.minus(1 + random.nextInt(10_000), ChronoUnit.MINUTES).toString();
            case 10 -> "1.0";
            default -> Long.toString(time.getEpochSecond());
        };
    }
}
