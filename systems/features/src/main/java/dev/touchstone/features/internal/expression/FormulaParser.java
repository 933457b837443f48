package dev.touchstone.features.internal.expression;

import dev.touchstone.features.ColumnType;
import dev.touchstone.features.internal.expression.Operation.Arithmetic;
import dev.touchstone.features.internal.expression.Operation.Choice;
import dev.touchstone.features.internal.expression.Operation.Coalesce;
import dev.touchstone.features.internal.expression.Operation.Comparison;
import dev.touchstone.features.internal.expression.Operation.Constant;
import dev.touchstone.features.internal.expression.Operation.Extreme;
import dev.touchstone.features.internal.expression.Operation.Input;
import dev.touchstone.features.internal.expression.Operation.IsMissing;
import dev.touchstone.features.internal.expression.Operation.Logic;
import dev.touchstone.features.internal.expression.Operation.Not;
import dev.touchstone.features.internal.expression.Operation.OfOne;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Reads a formula from left to right, weakest operators first: `or`, `and`, `not`, comparisons and
/// `is null`, `+ -`, `* / %`, `-` before a value.
final class FormulaParser {
    private static final int MAX_LENGTH = 1_000;
    private static final int MAX_DEPTH = 40;
    private static final List<String> COMPARISONS = List.of("<=", ">=", "!=", "==", "<", ">", "=");
    private static final List<String> OF_ONE =
            List.of("abs", "log", "exp", "sqrt", "floor", "ceil", "round");
    private static final String FUNCTIONS =
            "abs, ceil, coalesce, exp, floor, if, log, max, min, round and sqrt";

    private final String text;
    private final Function<String, Optional<ColumnType>> types;
    private final List<String> inputs = new ArrayList<>();
    private int at;
    private int places;
    private int depth;

    FormulaParser(String text, Function<String, Optional<ColumnType>> types) {
        this.text = text;
        this.types = types;
    }

    Formula formula() {
        if (text.length() > MAX_LENGTH) {
            throw new FormulaException(
                    "a formula has at most %d characters, got %d"
                            .formatted(MAX_LENGTH, text.length()));
        }
        Operation result = or();
        skipSpace();
        if (at < text.length()) {
            throw wrong("expected an operator or the end");
        }
        return new Formula(inputs, places, result);
    }

    private FormulaException wrong(String what) {
        int end = Math.min(text.length(), at + 12);
        return new FormulaException(
                "character %d of \"%s\", before %s: %s"
                        .formatted(
                                at + 1,
                                text,
                                at == text.length()
                                        ? "its end"
                                        : "'" + text.substring(at, end) + "'",
                                what));
    }

    private Operation or() {
        if (++depth > MAX_DEPTH) {
            throw wrong("it is nested deeper than %d; split the feature".formatted(MAX_DEPTH));
        }
        Operation left = and();
        while (word("or")) {
            left = new Logic(places++, false, truth(left), truth(and()));
        }
        depth--;
        return left;
    }

    private Operation and() {
        Operation left = not();
        while (word("and")) {
            left = new Logic(places++, true, truth(left), truth(not()));
        }
        return left;
    }

    private Operation not() {
        int count = 0;
        while (word("not")) {
            count++;
        }
        Operation of = comparison();
        for (int i = 0; i < count; i++) {
            of = new Not(places++, truth(of));
        }
        return of;
    }

    private Operation comparison() {
        Operation left = sum();
        if (word("is")) {
            boolean not = word("not");
            if (!word("null")) {
                throw wrong("write is null or is not null");
            }
            Operation is = new IsMissing(places++, left);
            return not ? new Not(places++, is) : is;
        }
        for (String sign : COMPARISONS) {
            if (sign(sign)) {
                Operation right = sum();
                if (!alike(left.type, right.type)) {
                    throw wrong(
                            "%s compares two numbers, two texts, two times or two truths, got %s and %s"
                                    .formatted(sign, name(left.type), name(right.type)));
                }
                return new Comparison(places++, sign, left, right);
            }
        }
        return left;
    }

    private static boolean alike(ColumnType a, ColumnType b) {
        return a == b || (isNumber(a) && isNumber(b));
    }

    private static boolean isNumber(ColumnType type) {
        return type == ColumnType.DOUBLE || type == ColumnType.LONG;
    }

    private Operation sum() {
        Operation left = product();
        while (true) {
            if (sign("+")) {
                left = arithmetic('+', left, product());
            } else if (sign("-")) {
                left = arithmetic('-', left, product());
            } else {
                return left;
            }
        }
    }

    private Operation product() {
        Operation left = unary();
        while (true) {
            if (sign("*")) {
                left = arithmetic('*', left, unary());
            } else if (sign("/")) {
                left = arithmetic('/', left, unary());
            } else if (sign("%")) {
                left = arithmetic('%', left, unary());
            } else {
                return left;
            }
        }
    }

    private Operation arithmetic(char sign, Operation left, Operation right) {
        boolean times = left.type == ColumnType.TIMESTAMP && right.type == ColumnType.TIMESTAMP;
        if (times && sign == '-') {
            return new Arithmetic(places++, ColumnType.DOUBLE, sign, left, right);
        }
        number(left, Character.toString(sign));
        number(right, Character.toString(sign));
        boolean whole =
                left.type == ColumnType.LONG && right.type == ColumnType.LONG && sign != '/';
        return new Arithmetic(
                places++, whole ? ColumnType.LONG : ColumnType.DOUBLE, sign, left, right);
    }

    private void number(Operation of, String what) {
        if (!isNumber(of.type)) {
            throw wrong("%s takes numbers, got %s".formatted(what, name(of.type)));
        }
    }

    private Operation truth(Operation of) {
        if (of.type != ColumnType.BOOLEAN) {
            throw wrong(
                    "and, or, not and if take truths such as a > b, got %s"
                            .formatted(name(of.type)));
        }
        return of;
    }

    private static String name(ColumnType type) {
        return switch (type) {
            case DOUBLE, LONG -> "a number";
            case TEXT -> "a text";
            case BOOLEAN -> "a truth";
            case TIMESTAMP -> "a time";
        };
    }

    private Operation unary() {
        int signs = 0;
        while (sign("-")) {
            signs++;
        }
        Operation of = primary();
        if (signs > 0) {
            number(of, "-");
        }
        return signs % 2 == 0 ? of : new OfOne(places++, of.type, "-", of);
    }

    private Operation primary() {
        skipSpace();
        if (at == text.length()) {
            throw wrong("a value is missing");
        }
        char c = text.charAt(at);
        if (sign("(")) {
            Operation inside = or();
            close();
            return inside;
        }
        if (Character.isDigit(c) || c == '.') {
            return numeral();
        }
        if (c == '\'') {
            return new Constant(places++, ColumnType.TEXT, 0, 0, quoted('\''));
        }
        String name = identifier();
        if (sign("(")) {
            return call(name);
        }
        return switch (name) {
            case "true" -> new Constant(places++, ColumnType.BOOLEAN, 1, 1, "");
            case "false" -> new Constant(places++, ColumnType.BOOLEAN, 0, 0, "");
            default -> input(sign(".") ? name + "." + identifier() : name);
        };
    }

    private void close() {
        if (!sign(")")) {
            throw wrong("expected )");
        }
    }

    private Operation numeral() {
        int from = at;
        boolean whole = true;
        while (at < text.length()) {
            char c = text.charAt(at);
            boolean exponent =
                    (c == '+' || c == '-') && "eE".indexOf(text.charAt(at - 1)) >= 0 && at > from;
            if (!Character.isDigit(c) && "eE.".indexOf(c) < 0 && !exponent) {
                break;
            }
            whole &= Character.isDigit(c);
            at++;
        }
        String digits = text.substring(from, at);
        try {
            if (whole) {
                long number = Long.parseLong(digits);
                return new Constant(places++, ColumnType.LONG, number, number, "");
            }
            return new Constant(places++, ColumnType.DOUBLE, 0, Double.parseDouble(digits), "");
        } catch (NumberFormatException e) {
            at = from;
            throw wrong("'%s' is no number".formatted(digits));
        }
    }

    private String quoted(char quote) {
        int end = text.indexOf(quote, at + 1);
        if (end < 0) {
            throw wrong("the closing %s is missing".formatted(quote));
        }
        String inside = text.substring(at + 1, end);
        at = end + 1;
        return inside;
    }

    private String identifier() {
        skipSpace();
        if (at < text.length() && text.charAt(at) == '`') {
            return quoted('`');
        }
        int from = at;
        while (at < text.length() && isNamePart(text.charAt(at))) {
            at++;
        }
        if (from == at) {
            throw wrong("expected a value: a number, a 'text', a name or ( )");
        }
        return text.substring(from, at);
    }

    private static boolean isNamePart(char c) {
        return c == '_' || Character.isLetterOrDigit(c);
    }

    private Operation input(String name) {
        ColumnType type =
                types.apply(name)
                        .orElseThrow(() ->
                                wrong(
                                        "'%s' is neither a field of the request nor a feature; write view.feature, names with - in `backquotes`"
                                                .formatted(name)));
        int input = inputs.indexOf(name);
        if (input < 0) {
            input = inputs.size();
            inputs.add(name);
        }
        return new Input(places++, type, input);
    }

    private Operation call(String function) {
        List<Operation> arguments = new ArrayList<>();
        do {
            arguments.add(or());
        } while (sign(","));
        close();
        if (OF_ONE.contains(function)) {
            count(function, arguments, 1);
            number(arguments.getFirst(), function);
            boolean keeps = List.of("abs", "floor", "ceil", "round").contains(function);
            ColumnType type = keeps ? arguments.getFirst().type : ColumnType.DOUBLE;
            return new OfOne(places++, type, function, arguments.getFirst());
        }
        return switch (function) {
            case "min", "max" -> {
                arguments.forEach(one -> number(one, function));
                yield new Extreme(places++, common(arguments), function.equals("min"), arguments);
            }
            case "coalesce" -> new Coalesce(places++, common(arguments), arguments);
            case "if" -> {
                count(function, arguments, 3);
                truth(arguments.getFirst());
                yield new Choice(places++, common(arguments.subList(1, 3)), arguments);
            }
            default ->
                    throw wrong("there is no function %s, only %s".formatted(function, FUNCTIONS));
        };
    }

    private void count(String function, List<Operation> arguments, int count) {
        if (arguments.size() != count) {
            throw wrong("%s takes %d values, got %d".formatted(function, count, arguments.size()));
        }
    }

    /// The type of a value that may be any of several.
    private ColumnType common(List<Operation> of) {
        ColumnType type = of.getFirst().type;
        for (Operation one : of) {
            if (!alike(type, one.type)) {
                throw wrong(
                        "values that may stand for one another are of one kind, got %s and %s"
                                .formatted(name(type), name(one.type)));
            }
            if (one.type == ColumnType.DOUBLE) {
                type = ColumnType.DOUBLE;
            }
        }
        return type;
    }

    private void skipSpace() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private boolean sign(String sign) {
        skipSpace();
        if (text.startsWith(sign, at)) {
            at += sign.length();
            return true;
        }
        return false;
    }

    private boolean word(String word) {
        skipSpace();
        int end = at + word.length();
        if (text.startsWith(word, at) && (end == text.length() || !isNamePart(text.charAt(end)))) {
            at = end;
            return true;
        }
        return false;
    }
}
