package dev.touchstone.features;

/// One cell: a typed value, or the statement that there is none.
///
/// Two reals are equal when [Double#compare] says so: NaN equals NaN, and the two zeros differ.
public sealed interface Value {
    /// No value.
    Value MISSING = new Missing();

    /// No value; use [#MISSING].
    record Missing() implements Value {}

    /// A [ColumnType#DOUBLE].
    record Real(double value) implements Value {}

    /// A [ColumnType#LONG], or a [ColumnType#TIMESTAMP] in nanoseconds.
    record Whole(long value) implements Value {}

    /// A [ColumnType#TEXT].
    record Text(String value) implements Value {
        /// Refuses half a surrogate pair, which no file could hold.
        public Text {
            for (int i = 0; i < value.length(); i++) {
                if (Character.isSurrogate(value.charAt(i))) {
                    if (Character.charCount(value.codePointAt(i)) < 2) {
                        throw new IllegalArgumentException(
                                "the text has half a surrogate pair at %d; it is no Unicode"
                                        .formatted(i));
                    }
                    i++;
                }
            }
        }
    }

    /// A [ColumnType#BOOLEAN].
    record Truth(boolean value) implements Value {}

    static Value of(double value) {
        return new Real(value);
    }

    static Value of(long value) {
        return new Whole(value);
    }

    static Value of(String value) {
        return new Text(value);
    }

    static Value of(boolean value) {
        return new Truth(value);
    }
}
