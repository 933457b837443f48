package dev.touchstone.capacity.drill;

import dev.touchstone.capacity.Derivation;
import dev.touchstone.capacity.Quantity;
import dev.touchstone.capacity.Unit;
import dev.touchstone.capacity.drill.Template.Ask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One question with its numbers.
public final class Drill {
    private static final Pattern PLACE = Pattern.compile("\\{(\\w+)}");

    /// What a sentence says anyway: `40 heads/layer`, `$32/replica/h`.
    private static final Pattern PER_COUNT =
            Pattern.compile(
                    "/(?:request|GPU|head|layer|number|session|row|server|partition|replica|vector"
                            + "|code|event)\\b");

    private static final Pattern FEW_BYTES = Pattern.compile("(\\d) B$");

    private final Template template;
    private final long seed;
    private final Ask ask;
    private final Derivation derivation;
    private final Unit unit;

    Drill(Template template, long seed, Ask ask, Derivation derivation) {
        this.template = template;
        this.seed = seed;
        this.ask = ask;
        this.derivation = derivation.of(ask.step());
        unit = Unit.of(ask.unit());
    }

    /// `D1` to `D8`.
    public String id() {
        return template.id();
    }

    public long seed() {
        return seed;
    }

    public String title() {
        return template.title();
    }

    public String question() {
        return PLACE.matcher(ask.question())
                .replaceAll(
                        place -> Matcher.quoteReplacement(spoken(derivation.text(place.group(1)))));
    }

    private static String spoken(String quantity) {
        String plain = PER_COUNT.matcher(quantity).replaceAll("");
        return plain.equals("1 B") ? "1 byte" : FEW_BYTES.matcher(plain).replaceAll("$1 bytes");
    }

    /// What the answer is measured in; another unit of the same kind does as well.
    public Unit unit() {
        return unit;
    }

    /// Whether the answer is a number of things that cannot be cut, so that only one is right.
    public boolean whole() {
        return ask.whole();
    }

    public Quantity answer() {
        return derivation.value(ask.step());
    }

    /// The answer for people: `429.5 GB (400 GiB)`.
    public String answerText() {
        String binary = answer().binaryText(unit);
        return answer().text(unit) + (binary.isEmpty() ? "" : " (" + binary + ")");
    }

    /// How the answer comes about.
    public Derivation derivation() {
        return derivation;
    }

    /// Reads and judges an answer.
    public Grade grade(String typed) {
        return new Grader(derivation, ask, answer(), unit).grade(typed);
    }
}
