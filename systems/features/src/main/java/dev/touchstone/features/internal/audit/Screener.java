package dev.touchstone.features.internal.audit;

import dev.touchstone.features.LeakScreen;
import dev.touchstone.features.LeakScreen.Sign;
import dev.touchstone.features.Times;
import dev.touchstone.features.internal.csv.CsvException;
import dev.touchstone.features.internal.csv.CsvReader;
import dev.touchstone.features.internal.csv.CsvRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Looks at a training set column by column for what features of the past rarely do.
public final class Screener {
    /// By how much the shares with a value must differ.
    private static final double PRESENCE_GAP = 0.6;

    /// Fewer labels of a kind say nothing.
    private static final int FEWEST = 30;

    /// How much of an average a category starts with.
    private static final double PRIOR_ROWS = 20;

    private final String label;
    private final String time;
    private final double tooGood;

    /// @param label the column with the outcome: 0 and 1, or false and true
    /// @param time the column with the labels' moments; empty when there is none
    /// @param tooGood the area under the ROC curve from which on a single column is suspicious
    public Screener(String label, String time, double tooGood) {
        this.label = label;
        this.time = time;
        this.tooGood = tooGood;
    }

    /// Screens a file; takes the memory of its cells.
    public LeakScreen screen(CsvReader file) throws IOException {
        int labelAt = file.column(label);
        int timeAt = time.isEmpty() ? -1 : file.column(time);
        List<CsvRecord> rows = new ArrayList<>();
        for (Optional<CsvRecord> row = file.next(); row.isPresent(); row = file.next()) {
            if (!row.get().isMissing(labelAt)) {
                rows.add(row.get());
            }
        }
        boolean[] positive = new boolean[rows.size()];
        for (int i = 0; i < positive.length; i++) {
            positive[i] = outcome(file, rows.get(i), labelAt);
        }
        OptionalLong[] moments = new OptionalLong[rows.size()];
        for (int i = 0; i < moments.length; i++) {
            moments[i] = timeAt < 0 ? OptionalLong.empty() : moment(rows.get(i), timeAt);
        }
        List<LeakScreen.ColumnPart> columns = new ArrayList<>();
        for (int at = 0; at < file.header().size(); at++) {
            if (at != labelAt && at != timeAt) {
                columns.add(column(file.header().get(at), rows, at, positive, moments));
            }
        }
        int positives = 0;
        for (boolean one : positive) {
            positives += one ? 1 : 0;
        }
        return new LeakScreen(rows.size(), positives, columns);
    }

    private boolean outcome(CsvReader file, CsvRecord row, int at) throws CsvException {
        return switch (row.cells()[at]) {
            case "1", "1.0", "true", "True" -> true;
            case "0", "0.0", "false", "False" -> false;
            default ->
                    throw new CsvException(
                            "%s line %d, column %s: write 0 or 1, or false or true, got '%s'"
                                    .formatted(file.name(), row.line(), label, row.cells()[at]));
        };
    }

    private static OptionalLong moment(CsvRecord row, int at) {
        String text = row.cells()[at];
        if (text.length() < "2026-01-01T00:00Z".length() || text.charAt(4) != '-') {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Times.parse(text.replace(' ', 'T')));
        } catch (IllegalArgumentException _) {
            return OptionalLong.empty();
        }
    }

    private LeakScreen.ColumnPart column(
            String name, List<CsvRecord> rows, int at, boolean[] positive, OptionalLong[] moments) {
        long present = rows.stream().filter(row -> !row.isMissing(at)).count();
        List<Sign> signs = new ArrayList<>();
        afterLabel(rows, at, moments).ifPresent(signs::add);
        onlyFor(rows, at, positive).ifPresent(signs::add);
        double auc = auc(rows, at, positive);
        if (auc == 1 && isSame(rows, at, positive)) {
            signs.add(new Sign.SameAsLabel());
        } else if (auc >= tooGood) {
            signs.add(new Sign.TooGood(auc));
        }
        return new LeakScreen.ColumnPart(
                name, rows.isEmpty() ? 1 : (double) present / rows.size(), auc, signs);
    }

    private static Optional<Sign> afterLabel(List<CsvRecord> rows, int at, OptionalLong[] moments) {
        long cells = 0;
        long worst = 0;
        for (int i = 0; i < rows.size(); i++) {
            OptionalLong its = moments[i].isEmpty() ? moments[i] : moment(rows.get(i), at);
            if (its.isPresent() && its.getAsLong() > moments[i].getAsLong()) {
                cells++;
                worst = Math.max(worst, its.getAsLong() - moments[i].getAsLong());
            }
        }
        return cells == 0 ? Optional.empty() : Optional.of(new Sign.AfterLabel(cells, worst));
    }

    private static Optional<Sign> onlyFor(List<CsvRecord> rows, int at, boolean[] positive) {
        long[] all = new long[2];
        long[] there = new long[2];
        for (int i = 0; i < positive.length; i++) {
            int kind = positive[i] ? 1 : 0;
            all[kind]++;
            there[kind] += rows.get(i).isMissing(at) ? 0 : 1;
        }
        if (all[0] < FEWEST || all[1] < FEWEST) {
            return Optional.empty();
        }
        double others = (double) there[0] / all[0];
        double positives = (double) there[1] / all[1];
        return Math.abs(positives - others) < PRESENCE_GAP
                ? Optional.empty()
                : Optional.of(new Sign.OnlyFor(positives, others));
    }

    /// Of rows with a value. A number ranks rows by itself; any other text by how often it goes
    /// with a positive in the other half of the file, so that a name that occurs once cannot look
    /// good.
    private static double auc(List<CsvRecord> rows, int at, boolean[] positive) {
        int[] present = new int[rows.size()];
        int count = 0;
        int positives = 0;
        for (int i = 0; i < present.length; i++) {
            if (!rows.get(i).isMissing(at)) {
                present[count++] = i;
                positives += positive[i] ? 1 : 0;
            }
        }
        if (positives < FEWEST || count - positives < FEWEST) {
            return Double.NaN;
        }
        int[] used = Arrays.copyOf(present, count);
        double[] scores = numbers(rows, at, used).orElseGet(() -> learnt(rows, at, used, positive));
        double area = area(scores, used, positive);
        return Math.max(area, 1 - area);
    }

    private static Optional<double[]> numbers(List<CsvRecord> rows, int at, int[] used) {
        double[] scores = new double[used.length];
        for (int i = 0; i < used.length; i++) {
            String text = rows.get(used[i]).cells()[at];
            try {
                scores[i] = Double.parseDouble(text);
            } catch (NumberFormatException _) {
                return Optional.empty();
            }
        }
        return Optional.of(scores);
    }

    private static double[] learnt(List<CsvRecord> rows, int at, int[] used, boolean[] positive) {
        // Halves are drawn by a hash of the line: neighbours often belong together.
        Map<String, double[]> halves = new HashMap<>();
        double[] all = new double[2];
        for (int row : used) {
            double[] its = halves.computeIfAbsent(rows.get(row).cells()[at], _ -> new double[4]);
            int half = half(row);
            its[2 * half]++;
            its[2 * half + 1] += positive[row] ? 1 : 0;
            all[0]++;
            all[1] += positive[row] ? 1 : 0;
        }
        double[] scores = new double[used.length];
        for (int i = 0; i < used.length; i++) {
            double[] its = halves.getOrDefault(rows.get(used[i]).cells()[at], all);
            int other = 1 - half(used[i]);
            scores[i] =
                    (its[2 * other + 1] + PRIOR_ROWS * all[1] / all[0])
                            / (its[2 * other] + PRIOR_ROWS);
        }
        return scores;
    }

    private static int half(int row) {
        return (row * 0x9E3779B9) >>> 31;
    }

    private static double area(double[] scores, int[] used, boolean[] positive) {
        Integer[] order = new Integer[scores.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble(i -> scores[i]));
        double ranks = 0;
        long positives = 0;
        int from = 0;
        while (from < order.length) {
            int to = from;
            while (to < order.length
                    && Double.compare(scores[order[to]], scores[order[from]]) == 0) {
                to++;
            }
            for (int i = from; i < to; i++) {
                if (positive[used[order[i]]]) {
                    ranks += (from + 1 + to) / 2.0;
                    positives++;
                }
            }
            from = to;
        }
        double above = ranks - positives * (positives + 1) / 2.0;
        return above / ((double) positives * (scores.length - positives));
    }

    /// Whether a column has one value for positives and another for all others.
    private static boolean isSame(List<CsvRecord> rows, int at, boolean[] positive) {
        Map<String, Boolean> kinds = new HashMap<>();
        for (int i = 0; i < positive.length; i++) {
            kinds.putIfAbsent(rows.get(i).cells()[at], positive[i]);
        }
        return kinds.size() == 2;
    }
}
