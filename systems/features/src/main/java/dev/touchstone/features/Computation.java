package dev.touchstone.features;

import dev.touchstone.features.internal.expression.Formula;
import dev.touchstone.features.internal.expression.Frame;
import dev.touchstone.features.internal.online.OnlineCells;
import org.jspecify.annotations.Nullable;

/// A computed feature in a read: where its formula takes its inputs from, and where it goes.
final class Computation {
    private final Formula formula;
    private final int cell;
    private final int[] inputs;

    /// @param cell where it goes
    /// @param inputs for each of the formula's inputs a cell of the row, or of what the request
    ///   brings, which are counted −1, −2 and so on
    Computation(Formula formula, int cell, int[] inputs) {
        this.formula = formula;
        this.cell = cell;
        this.inputs = inputs;
    }

    /// How many places of a [Work] it takes.
    int places() {
        return formula.places();
    }

    /// A place to compute in; not to be shared between threads.
    static final class Work implements Formula.Inputs {
        private final Frame frame;
        private int[] inputs = {};
        private OnlineCells row = new OnlineCells(0);
        private OnlineCells request = new OnlineCells(0);

        Work(int places) {
            frame = new Frame(places);
        }

        private OnlineCells cells(int input) {
            return inputs[input] < 0 ? request : row;
        }

        private int cell(int input) {
            return inputs[input] < 0 ? -1 - inputs[input] : inputs[input];
        }

        @Override
        public boolean present(int input) {
            return cells(input).status(cell(input)) == OnlineStatus.PRESENT;
        }

        @Override
        public long bits(int input) {
            return cells(input).bits(cell(input));
        }

        @Override
        public @Nullable String text(int input) {
            return cells(input).text(cell(input));
        }
    }

    void run(OnlineCells request, OnlineCells row, Work work) {
        work.inputs = inputs;
        work.row = row;
        work.request = request;
        boolean present = formula.compute(work, work.frame);
        long event = Times.MINUS_INFINITY;
        for (int input : inputs) {
            if (input >= 0) {
                event = Math.max(event, row.eventTime(input));
            }
        }
        row.set(cell, present, formula.bits(work.frame), formula.text(work.frame), event);
    }
}
