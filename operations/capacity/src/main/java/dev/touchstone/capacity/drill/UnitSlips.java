package dev.touchstone.capacity.drill;

import dev.touchstone.capacity.Dimension;
import dev.touchstone.capacity.Dimension.Base;
import java.util.ArrayList;
import java.util.List;

/// Slips that any question invites whose answer has such a unit.
final class UnitSlips {
    /// @param factor by which the slip changes the answer
    record Factor(double factor, Slip slip) {}

    private static final String[] DECIMAL = {"kB", "MB", "GB", "TB"};
    private static final String[] BINARY = {"KiB", "MiB", "GiB", "TiB"};

    private static final List<Factor> BYTES = bytes();
    private static final List<Factor> SECONDS =
            List.of(
                    new Factor(60, minutes()),
                    new Factor(1 / 60.0, minutes()),
                    new Factor(3_600, hours()),
                    new Factor(1 / 3_600.0, hours()),
                    new Factor(24, days()),
                    new Factor(1 / 24.0, days()),
                    new Factor(86_400, perDay()),
                    new Factor(1 / 86_400.0, perDay()));
    private static final List<Factor> ALWAYS = always();

    private UnitSlips() {}

    /// Those that a dimension invites.
    static List<Factor> of(Dimension dimension) {
        var slips = new ArrayList<Factor>();
        if (dimension.exponent(Base.BYTE) != 0) {
            slips.addAll(BYTES);
        }
        if (dimension.exponent(Base.SECOND) != 0) {
            slips.addAll(SECONDS);
        }
        slips.addAll(ALWAYS);
        return slips;
    }

    private static List<Factor> bytes() {
        var slips = new ArrayList<Factor>();
        for (int power = 1; power <= DECIMAL.length; power++) {
            String decimal = DECIMAL[power - 1];
            String binary = BINARY[power - 1];
            double ratio = Math.pow(1.024, power);
            slips.add(new Factor(1 / ratio, mixed(decimal, binary)));
            slips.add(new Factor(ratio, mixed(binary, decimal)));
        }
        var bits =
                new Slip("bits for bytes", "a byte is eight bits: Gb/s ÷ 8 is GB/s; write b and B");
        slips.add(new Factor(8, bits));
        slips.add(new Factor(1 / 8.0, bits));
        return List.copyOf(slips);
    }

    private static Slip mixed(String written, String meant) {
        return new Slip(
                "%s for %s".formatted(written, meant),
                "the number is in %s, the unit says %s; kB, MB, GB are powers of 1,000 and KiB, MiB,"
                                .formatted(meant, written)
                        + " GiB powers of 1,024");
    }

    private static Slip minutes() {
        return new Slip("minutes and seconds mixed", "bring all times to seconds first");
    }

    private static Slip hours() {
        return new Slip(
                "hours and seconds mixed", "an hour has 3,600 s: per hour ÷ 3,600 is per second");
    }

    private static Slip days() {
        return new Slip(
                "days and hours mixed", "a day has 24 h; bring all times to one unit first");
    }

    private static Slip perDay() {
        return new Slip(
                "days and seconds mixed", "a day has 86,400 s: per day ÷ 86,400 is per second");
    }

    private static List<Factor> always() {
        var thousand =
                new Slip(
                        "a prefix off: a thousand too much or too little",
                        "write powers of ten next to every number: k 3, M 6, G 9, T 12");
        var million =
                new Slip(
                        "two prefixes off: a million too much or too little",
                        "write powers of ten next to every number: k 3, M 6, G 9, T 12");
        var ten = new Slip("a zero too many or too few", "estimate the power of ten on its own");
        return List.of(
                new Factor(1e3, thousand),
                new Factor(1e-3, thousand),
                new Factor(1e6, million),
                new Factor(1e-6, million),
                new Factor(10, ten),
                new Factor(0.1, ten));
    }
}
