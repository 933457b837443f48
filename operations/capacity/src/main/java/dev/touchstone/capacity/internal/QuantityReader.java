package dev.touchstone.capacity.internal;

import dev.touchstone.capacity.Dimension;
import dev.touchstone.capacity.Dimension.Base;
import dev.touchstone.capacity.Quantity;
import dev.touchstone.capacity.Unit;
import dev.touchstone.capacity.internal.Words.Word;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads numbers with units as people write them.
///
/// ```
/// quantity = ["~"] ["$"] number [scale] [unit] [quantity]     4 d 6 h is a sum
/// unit     = word { ("/" | "per" | "-" | "·" | " ") [number] [scale] word }
/// ```
///
/// A slash holds for the word after it and for what a hyphen ties to that word: `$/GPU-h`.
public final class QuantityReader {
    /// No quantity is longer, and no sum of many parts is worth the stack that it would take.
    private static final int MAX_LENGTH = 200;

    private static final Pattern NUMBER =
            Pattern.compile("[+-]?(?:\\d{1,3}(?:[,_]\\d{3})+|\\d+)?(?:\\.\\d+)?(?:[eE][+-]?\\d+)?");
    private static final Pattern POWER_OF_TEN =
            Pattern.compile("\\s*[x×*·]\\s*10\\s*\\^?\\s*([+-]?\\d+)");
    private static final Pattern WORD = Pattern.compile("[A-Za-zµμ$%×][A-Za-z0-9]*");
    private static final Pattern PER = Pattern.compile("/|per(?![A-Za-z])");
    private static final Pattern GAP = Pattern.compile("\\s*");

    /// `TFLOPS/s` is said, and means `TFLOP/s`.
    private static final Pattern FLOPS_PER_SECOND =
            Pattern.compile("(?i)(flop)s(?=\\s*(?:/|per\\s)\\s*s)");

    private final String text;
    private final boolean bytes;
    private final String example;
    private int at;

    private QuantityReader(String text, boolean bytes, String example) {
        this.text = FLOPS_PER_SECOND.matcher(text.strip()).replaceAll("$1");
        this.bytes = bytes;
        this.example = example;
    }

    /// What stood there.
    ///
    /// @param value as written, scales such as `M` or `billion` included
    /// @param named whether a unit was written at all
    public record Reading(double value, Unit unit, boolean named) {
        /// The value in bytes, seconds and so on.
        public double base() {
            return value * unit.factor();
        }
    }

    /// Reads a number and its unit, whichever.
    ///
    /// @throws IllegalArgumentException when it is not a number with a known unit
    public static Reading read(String text) {
        return read(text, true, "80 GB' or '55.6 req/s");
    }

    /// Reads a number and its unit where one like `expected` is asked for; of another kind, it is
    /// read all the same.
    ///
    /// @param example of what would have been read, for the message
    /// @throws IllegalArgumentException when it is not a number with a known unit
    public static Reading read(String text, Unit expected, String example) {
        return read(text, expected.dimension().exponent(Base.BYTE) != 0, example);
    }

    /// @param bytes whether bytes are asked for: if not, the `B` in `7B` stands for billions
    private static Reading read(String text, boolean bytes, String example) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "a quantity has at most %d characters, not %d; write it like '%s'"
                            .formatted(MAX_LENGTH, text.length(), example));
        }
        var reader = new QuantityReader(text, bytes, example);
        Reading reading = reader.quantity();
        if (reader.at < reader.text.length()) {
            throw reader.unreadable();
        }
        return reading;
    }

    /// Reads a quantity where one in `expected` is asked for.
    ///
    /// @throws IllegalArgumentException when it is none, or measures something else
    public static Quantity parse(String text, Unit expected) {
        String example = QuantityWriter.text(1, expected);
        Reading reading = read(text, expected, example);
        return adopt(reading, expected)
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "'%s' measures %s, but %s is asked for; write it like '%s'"
                                        .formatted(
                                                text.strip(),
                                                reading.unit().dimension(),
                                                expected.dimension(),
                                                example)));
    }

    /// The reading as a quantity of the expected dimension; empty when it measures something else.
    public static Optional<Quantity> adopt(Reading reading, Unit expected) {
        if (!reading.named()) {
            double factor = expected.symbol().equals("%") ? 1 : expected.factor();
            return Optional.of(new Quantity(reading.value() * factor, expected.dimension()));
        }
        Dimension given = reading.unit().dimension();
        if (given.equals(expected.dimension())) {
            return Optional.of(new Quantity(reading.base(), given));
        }
        // $64 where $ per million tokens is asked for: the million is left out with its tokens.
        return expected.dimension().accepts(given)
                ? Optional.of(new Quantity(reading.base() / expected.batch(), expected.dimension()))
                : Optional.empty();
    }

    /// The unit written so.
    ///
    /// @throws IllegalArgumentException when a word in it is unknown
    public static Unit unit(String symbol) {
        var reader = new QuantityReader(symbol, true, "req/s");
        Unit unit = reader.units(Unit.NONE);
        if (reader.at < reader.text.length()) {
            throw reader.unreadable();
        }
        return new Unit(symbol, unit.dimension(), unit.factor(), unit.batch());
    }

    private Reading quantity() {
        accept(Pattern.compile("[~≈=]"));
        boolean dollars = accept(Pattern.compile("(?:US)?\\$|USD"));
        double value = number();
        Matcher power = match(POWER_OF_TEN);
        if (power.lookingAt()) {
            at = power.end();
            value *= Math.pow(10, Integer.parseInt(power.group(1)));
        }
        value *= scale();
        int from = at;
        Unit unit = units(dollars ? new Unit("$", Dimension.of(Base.DOLLAR), 1, 1) : Unit.NONE);
        boolean named = dollars || at > from;
        String symbol = (dollars ? "$" : "") + text.substring(from, at).strip();
        unit = new Unit(symbol, unit.dimension(), unit.factor(), unit.batch());
        if (named && at < text.length() && Character.isDigit(text.charAt(at))) {
            Reading more = quantity();
            if (!more.unit().dimension().equals(unit.dimension())) {
                throw unreadable();
            }
            value += more.base() / unit.factor();
        }
        return new Reading(value, unit, named);
    }

    private double number() {
        Matcher number = match(NUMBER);
        if (!number.lookingAt() || number.group().chars().noneMatch(Character::isDigit)) {
            throw new IllegalArgumentException(
                    "'%s' does not begin with a number; write it like '%s'"
                            .formatted(text, example));
        }
        at = number.end();
        return Double.parseDouble(number.group().replace(",", "").replace("_", ""));
    }

    /// A multiplier at this point, such as the `M` in `380M tokens`; else 1.
    private double scale() {
        gap();
        Matcher word = match(WORD);
        if (!word.lookingAt()) {
            return 1;
        }
        Matcher next =
                Pattern.compile("\\s*" + WORD).matcher(text).region(word.end(), text.length());
        boolean billions = word.group().equals("B") && (!bytes || next.lookingAt());
        double scale = billions ? 1e9 : Words.scale(word.group()).orElse(1.0);
        if (scale > 1) {
            at = word.end();
        }
        return scale;
    }

    /// Multiplies the unit with those written from here on.
    private Unit units(Unit first) {
        Dimension dimension = first.dimension();
        double factor = first.factor();
        double batch = 1;
        boolean below = false;
        while (at < text.length()) {
            gap();
            int from = at;
            if (accept(PER)) {
                below = true;
                Matcher number = match(NUMBER);
                double many = number.lookingAt() && !number.group().isEmpty() ? number() : 1;
                many *= scale();
                factor /= many;
                batch *= many;
            } else {
                accept(Pattern.compile("[·*-]"));
            }
            gap();
            Matcher word = match(WORD);
            if (!word.lookingAt()) {
                at = from;
                break;
            }
            at = word.end();
            Word found = Words.word(word.group());
            dimension =
                    below ? dimension.per(found.dimension()) : dimension.times(found.dimension());
            factor = below ? factor / found.factor() : factor * found.factor();
            if (below && found.dimension().isCount()) {
                batch *= found.prefix();
            }
            below &= at < text.length() && text.charAt(at) == '-';
        }
        gap();
        return new Unit(first.symbol(), dimension, factor, batch);
    }

    private boolean accept(Pattern pattern) {
        Matcher matcher = match(pattern);
        boolean found = matcher.lookingAt();
        at = found ? matcher.end() : at;
        gap();
        return found;
    }

    private void gap() {
        Matcher gap = match(GAP);
        at = gap.lookingAt() ? gap.end() : at;
    }

    private Matcher match(Pattern pattern) {
        return pattern.matcher(text).region(at, text.length());
    }

    private IllegalArgumentException unreadable() {
        String rest = text.substring(at);
        String cure =
                rest.startsWith(",")
                        ? "the decimal point is a dot"
                        : "write it like '%s'".formatted(example);
        return new IllegalArgumentException(
                "'%s' cannot be read at '%s'; %s".formatted(text, rest, cure));
    }
}
