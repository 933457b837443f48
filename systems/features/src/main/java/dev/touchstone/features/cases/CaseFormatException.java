package dev.touchstone.features.cases;

/// A case file that cannot be read: says where and what to write instead.
public final class CaseFormatException extends IllegalArgumentException {
    CaseFormatException(String message) {
        super(message);
    }
}
