package dev.touchstone.features.internal.expression;

/// A text that is no formula; the message says where, and what to write there.
public final class FormulaException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    FormulaException(String message) {
        super(message);
    }
}
