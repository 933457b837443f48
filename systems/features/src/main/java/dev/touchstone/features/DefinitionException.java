package dev.touchstone.features;

/// A definition that cannot be used; says file, line, field and cure.
public final class DefinitionException extends IllegalArgumentException {
    DefinitionException(String message) {
        super(message);
    }
}
