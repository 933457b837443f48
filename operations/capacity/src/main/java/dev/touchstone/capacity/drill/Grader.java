package dev.touchstone.capacity.drill;

import dev.touchstone.capacity.Derivation;
import dev.touchstone.capacity.Quantity;
import dev.touchstone.capacity.Unit;
import dev.touchstone.capacity.drill.Grade.Right;
import dev.touchstone.capacity.drill.Grade.UnitMissing;
import dev.touchstone.capacity.drill.Grade.Unreadable;
import dev.touchstone.capacity.drill.Grade.Wrong;
import dev.touchstone.capacity.drill.Grade.WrongMeasure;
import dev.touchstone.capacity.drill.Template.Ask;
import dev.touchstone.capacity.drill.Template.Mistake;
import dev.touchstone.capacity.internal.QuantityReader;
import dev.touchstone.capacity.internal.QuantityReader.Reading;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Judges answers to one question.
final class Grader {
    /// How far from the exact value an answer may be, and how far from a slip's to be taken for it.
    private static final double TOLERANCE = 0.02;

    /// Slips whose values differ by no more cannot be told apart by a rounded answer.
    private static final double INDISTINCT = 0.005;

    private final Derivation derivation;
    private final Ask ask;
    private final Quantity exact;
    private final Unit unit;

    Grader(Derivation derivation, Ask ask, Quantity exact, Unit unit) {
        this.derivation = derivation;
        this.ask = ask;
        this.exact = exact;
        this.unit = unit;
    }

    Grade grade(String typed) {
        Reading reading;
        try {
            reading = QuantityReader.read(typed, unit, example());
        } catch (IllegalArgumentException e) {
            return new Unreadable(String.valueOf(e.getMessage()));
        }
        if (!reading.named() && !unit.dimension().isCount()) {
            return new UnitMissing(
                    fitsSomeUnit(reading.value()),
                    "the unit is missing; write it like '%s'".formatted(example()));
        }
        Optional<Quantity> answer =
                QuantityReader.adopt(reading, unit).or(() -> underAlias(reading));
        if (answer.isEmpty()) {
            return new WrongMeasure(
                    "that measures %s, but %s is asked for; write it like '%s'"
                            .formatted(reading.unit().dimension(), unit.dimension(), example()));
        }
        double value = answer.get().base();
        return isRight(value)
                ? new Right(value / exact.base() - 1)
                : new Wrong(slips(value), value / exact.base());
    }

    private Optional<Quantity> underAlias(Reading reading) {
        Unit alias = Unit.of(ask.alias());
        return QuantityReader.adopt(reading, alias)
                .map(quantity -> Quantity.of(quantity.in(alias), unit));
    }

    /// Whether a bare number is right in one of the units that such answers come in.
    private boolean fitsSomeUnit(double number) {
        Stream<String> symbols =
                unit.symbol().equals("s")
                        ? Stream.of("ms", "s", "min", "h", "d")
                        : Stream.of("", "k", "M", "G", "T", "P", "Ki", "Mi", "Gi", "Ti", "Pi")
                                .map(prefix -> prefix + unit.symbol());
        return symbols.flatMap(symbol -> known(symbol).stream())
                .anyMatch(candidate -> isRight(Quantity.of(number, candidate).base()));
    }

    private static Optional<Unit> known(String symbol) {
        try {
            return Optional.of(Unit.of(symbol));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    /// In the unit, and in a size that no drill's answer has.
    private String example() {
        String symbol = unit.symbol();
        if (symbol.startsWith("B")) {
            return "1 k" + symbol;
        }
        if (symbol.equals("s")) {
            return "1 ms";
        }
        return ask.whole() ? Quantity.of(0, unit).text(unit) : Quantity.of(1, unit).text(unit);
    }

    private boolean isRight(double value) {
        return ask.whole()
                ? Math.abs(value - exact.base()) < 1e-6
                : Math.abs(value / exact.base() - 1) <= TOLERANCE;
    }

    /// @param distance of the answer from what the slip gives, as a share
    private record Match(Slip slip, double distance) {}

    private List<Slip> slips(double value) {
        var matches = new ArrayList<Match>();
        for (Mistake mistake : ask.mistakes()) {
            match(value, derivation.evaluate(mistake.formula()).base(), mistake.slip())
                    .ifPresent(matches::add);
        }
        if (!ask.whole()) {
            for (UnitSlips.Factor factor : UnitSlips.of(unit.dimension())) {
                match(value, exact.base() * factor.factor(), factor.slip()).ifPresent(matches::add);
            }
        }
        double nearest =
                matches.stream()
                        .mapToDouble(Match::distance)
                        .min()
                        .orElse(Double.POSITIVE_INFINITY);
        return matches.stream()
                .filter(match -> match.distance() <= nearest + INDISTINCT)
                .sorted(
                        Comparator.comparingDouble(
                                match -> Math.rint(match.distance() / INDISTINCT)))
                .map(Match::slip)
                .distinct()
                .toList();
    }

    /// Empty, too, for a slip that would not have changed the answer.
    private Optional<Match> match(double value, double slipped, Slip slip) {
        double distance = Math.abs(value / slipped - 1);
        boolean whole = ask.whole() && slipped == Math.rint(slipped);
        double tolerance = whole ? 1e-6 : TOLERANCE;
        return isRight(slipped) || !(distance <= tolerance)
                ? Optional.empty()
                : Optional.of(new Match(slip, distance));
    }
}
