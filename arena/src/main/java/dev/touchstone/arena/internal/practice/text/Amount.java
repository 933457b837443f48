package dev.touchstone.arena.internal.practice.text;

import dev.touchstone.capacity.Dimension;
import dev.touchstone.capacity.Quantity;
import dev.touchstone.capacity.Unit;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A right value, the unit it is asked for in, and how far off an answer may be.
///
/// @param within share of the value, 0.05 for 5 %
public record Amount(Quantity value, Unit unit, double within) {
    /// A number that has no unit says what it measures only when it is precise: 2,778 is a load, 6
    /// is anything.
    private static final int MIN_BARE_DIGITS = 3;

    private static final int MIN_PLAIN_DIGITS = 2;

    private static final Pattern NUMBER =
            Pattern.compile(
                    "[~≈=+-]?\\s*(?<digits>[\\d.,_]*\\d(?:[eE][+-]?\\d+)?)"
                            + "(?:\\s*[x×*·]\\s*10\\s*\\^?\\s*[+-]?\\d+)?"
                            + "\\s*(?:k|K|M|G|T|P|B|mn|bn|thousand|million|billion|trillion)?");

    /// What people write for a share besides the sign that [Quantity] reads.
    private static final Pattern PERCENT =
            Pattern.compile("(?i)\\s*(?:pp|percentage points?|per cent|percent)$");

    /// The value for people.
    public String text() {
        return value.text(unit);
    }

    /// Whether the text is this amount. A number without a unit is taken to be in the unit.
    public boolean isAnswer(String typed) {
        return read(typed).map(this::isNear).orElse(false) || isPercentage(typed);
    }

    /// What the text measures, where that is what is asked for.
    public Optional<Quantity> read(String typed) {
        try {
            return Optional.of(Quantity.parse(plain(typed), unit));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /// Whether a quantity found in prose is this amount. There a number needs its unit, unless it
    /// has enough digits to be meant.
    public boolean isIn(String found) {
        return isIn(found, false);
    }

    /// As [#isIn(String)].
    ///
    /// @param stated whether it stands as a result, after `=` or `about`: then any digits do
    boolean isIn(String found, boolean stated) {
        String text = plain(found);
        Matcher number = NUMBER.matcher(text);
        boolean bare = number.matches();
        boolean plain = unit.dimension().equals(Dimension.NONE);
        if (bare && !stated) {
            int digits = digits(number.group("digits"));
            if (digits < (plain ? MIN_PLAIN_DIGITS : MIN_BARE_DIGITS)) {
                return false;
            }
        } else if (!bare && !plain && isPlain(text)) {
            return false; // "6 steps" are no 6 GPUs, though a count may be left out.
        }
        return read(text).map(this::isNear).orElse(false);
    }

    /// Whether a fraction is this amount, where that is a share of something.
    boolean isShare(double share) {
        return unit.dimension().equals(Dimension.NONE)
                && value.base() < 1
                && isNear(Quantity.of(share, Unit.NONE));
    }

    /// How near a right quantity is, for people: `exact`, or the tolerance that it is within.
    public String nearness(Quantity quantity) {
        double off = Math.abs(quantity.base() - value.base());
        if (off <= 1e-9 * Math.abs(value.base()) || quantity.text(unit).equals(value.text(unit))) {
            return "exact";
        }
        if (threeDigits(quantity.base()).equals(threeDigits(value.base()))) {
            return "exact to three digits";
        }
        var percent = Quantity.of(Math.rint(within * 1000) / 10, Unit.NONE).text(Unit.NONE);
        return "within %s %% of the value".formatted(percent);
    }

    private static String threeDigits(double value) {
        return String.format(Locale.ROOT, "%.2e", value);
    }

    public boolean isNear(Quantity quantity) {
        double right = value.base();
        double off = Math.abs(quantity.base() - right);
        return right == 0 ? off == 0 : off <= within * Math.abs(right) * (1 + 1e-9);
    }

    /// A bare 61 where percent are asked for.
    private boolean isPercentage(String typed) {
        return unit.symbol().equals("%")
                && NUMBER.matcher(typed.strip()).matches()
                && read(typed + " %").map(this::isNear).orElse(false);
    }

    private static boolean isPlain(String text) {
        try {
            return Quantity.parse(text).dimension().equals(Dimension.NONE);
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private static String plain(String text) {
        return PERCENT.matcher(text.strip()).replaceFirst(" %");
    }

    /// Significant digits: `0.0534` has three, `200` has one.
    private static int digits(String number) {
        String mantissa = number.replaceAll("[eE].*", "");
        String digits = mantissa.replaceAll("[^\\d]", "").replaceFirst("^0+", "");
        return mantissa.contains(".") ? digits.length() : digits.replaceFirst("0+$", "").length();
    }
}
