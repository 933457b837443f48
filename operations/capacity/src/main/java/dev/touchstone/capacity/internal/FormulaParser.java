package dev.touchstone.capacity.internal;

import dev.touchstone.capacity.Dimension;
import dev.touchstone.capacity.Quantity;
import dev.touchstone.capacity.Unit;
import dev.touchstone.capacity.internal.Formula.Binary;
import dev.touchstone.capacity.internal.Formula.Call;
import dev.touchstone.capacity.internal.Formula.Function;
import dev.touchstone.capacity.internal.Formula.Literal;
import dev.touchstone.capacity.internal.Formula.Name;
import dev.touchstone.capacity.internal.Formula.Node;
import dev.touchstone.capacity.internal.Formula.Operator;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Reads a [Formula] by recursive descent, one method a rule, and checks its units on the way.
final class FormulaParser {
    private static final Pattern TOKEN =
            Pattern.compile(
                    "\\s*(?:(?<number>\\d[\\d_]*(?:\\.\\d+)?(?:e[+-]?\\d+)?)(?:\\[(?<unit>[^]]*)])?"
                            + "|(?<name>[a-z][a-z0-9_]*)|(?<sign><=|[-+*/(),<]))\\s*");

    private final String text;
    private final Formula.Scope scope;
    private final Matcher token;
    private boolean more;

    FormulaParser(String text, Formula.Scope scope) {
        this.text = text;
        this.scope = scope;
        token = TOKEN.matcher(text);
        more = token.lookingAt();
    }

    Formula parse() {
        Node root = comparison();
        if (more || token.regionStart() < text.length()) {
            throw unreadable();
        }
        return new Formula(root);
    }

    private Node comparison() {
        Node left = sum();
        if (accept("<=")) {
            return binary(Operator.AT_MOST, left, sum());
        }
        return accept("<") ? binary(Operator.LESS, left, sum()) : left;
    }

    private Node sum() {
        Node left = product();
        while (true) {
            if (accept("+")) {
                left = binary(Operator.ADD, left, product());
            } else if (accept("-")) {
                left = binary(Operator.SUBTRACT, left, product());
            } else {
                return left;
            }
        }
    }

    private Node product() {
        Node left = factor();
        while (true) {
            if (accept("*")) {
                left = binary(Operator.MULTIPLY, left, factor());
            } else if (accept("/")) {
                left = binary(Operator.DIVIDE, left, factor());
            } else {
                return left;
            }
        }
    }

    private Node factor() {
        if (accept("(")) {
            Node inner = sum();
            expect(")");
            return inner;
        }
        if (!more) {
            throw unreadable();
        }
        String number = token.group("number");
        if (number != null) {
            String written = token.group("unit");
            advance();
            Unit unit = written == null ? Unit.NONE : Unit.of(written);
            return new Literal(
                    Quantity.of(Double.parseDouble(number.replace("_", "")), unit), unit);
        }
        String name = token.group("name");
        if (name == null) {
            throw unreadable();
        }
        advance();
        return accept("(") ? call(name) : name(name);
    }

    private Node name(String name) {
        int slot = scope.slot(name);
        return new Name(slot, scope.dimension(slot));
    }

    private Node call(String name) {
        Function function = function(name);
        Node left = sum();
        Node right = left;
        if (function == Function.MIN || function == Function.MAX) {
            expect(",");
            right = sum();
        }
        expect(")");
        Dimension dimension =
                function == Function.HARMONIC ? Dimension.NONE : common(name, left, right);
        return new Call(function, left, right, dimension);
    }

    private Function function(String name) {
        return Stream.of(Function.values())
                .filter(known -> known.name().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "formula '%s' calls '%s'; there are %s"
                                        .formatted(
                                                text,
                                                name,
                                                Arrays.toString(Function.values())
                                                        .toLowerCase(Locale.ROOT))));
    }

    private Node binary(Operator operator, Node left, Node right) {
        Dimension dimension =
                switch (operator) {
                    case ADD, SUBTRACT -> common(operator.name(), left, right);
                    case MULTIPLY -> left.dimension().times(right.dimension());
                    case DIVIDE -> left.dimension().per(right.dimension());
                    case LESS, AT_MOST -> {
                        common(operator.name(), left, right);
                        yield Dimension.NONE;
                    }
                };
        return new Binary(operator, left, right, dimension);
    }

    private Dimension common(String operation, Node left, Node right) {
        if (!left.dimension().agreesWith(right.dimension())) {
            throw new IllegalArgumentException(
                    "%s of %s and %s in '%s'; both sides must measure the same"
                            .formatted(operation, left.dimension(), right.dimension(), text));
        }
        return left.dimension().accepts(right.dimension()) ? left.dimension() : right.dimension();
    }

    private boolean accept(String sign) {
        boolean found = more && sign.equals(token.group("sign"));
        if (found) {
            advance();
        }
        return found;
    }

    private void expect(String sign) {
        if (!accept(sign)) {
            throw unreadable();
        }
    }

    private void advance() {
        token.region(token.end(), text.length());
        more = token.lookingAt();
    }

    private IllegalArgumentException unreadable() {
        return new IllegalArgumentException(
                "formula '%s' cannot be read at '%s'"
                        .formatted(text, text.substring(token.regionStart())));
    }
}
