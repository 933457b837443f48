package dev.touchstone.features.internal.feast;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads what a Python file assigns to names at its outermost level, and what its decorators say.
///
/// Only literals, names, calls and arithmetic on numbers are understood; whatever else there is
/// becomes [Python.Unknown].
final class PythonReader {
    private final String source;
    private int at;

    private PythonReader(String source) {
        this.source = source;
    }

    /// Values by the names they are assigned to; decorators, and calls that are assigned to
    /// nothing, by their line.
    static Map<String, Python> read(String source) {
        return new PythonReader(source).statements();
    }

    private Map<String, Python> statements() {
        Map<String, Python> values = new LinkedHashMap<>();
        while (at < source.length()) {
            int start = at;
            char first = source.charAt(at);
            if (first == '@') {
                at++;
                values.put("line " + line(start), expression());
            } else if (first == '"' || first == '\'') {
                expression(); // documentation
            } else if (Character.isJavaIdentifierStart(first)) {
                Python left = expression();
                skipBlanks();
                if (at < source.length() && source.charAt(at) == ':') {
                    skipTo('=');
                }
                if (left instanceof Python.Name(String name) && isAssignment()) {
                    at++;
                    values.put(name, expression());
                } else if (left instanceof Python.Call) {
                    values.put("line " + line(start), left);
                }
            }
            nextLine();
        }
        return values;
    }

    private boolean isAssignment() {
        return at < source.length() && source.charAt(at) == '=' && !source.startsWith("==", at);
    }

    private int line(int position) {
        return 1 + (int) source.substring(0, position).chars().filter(c -> c == '\n').count();
    }

    private void skipTo(char wanted) {
        while (at < source.length() && source.charAt(at) != wanted && source.charAt(at) != '\n') {
            at++;
        }
    }

    private void nextLine() {
        skipTo('\n');
        at++;
    }

    private void skipBlanks() {
        while (at < source.length()
                && (source.charAt(at) == ' '
                        || source.charAt(at) == '\t'
                        || source.startsWith("\\\n", at))) {
            at += source.charAt(at) == '\\' ? 2 : 1;
        }
    }

    /// Inside brackets, lines and comments do not count.
    private void skipSpace() {
        while (at < source.length()) {
            if (source.charAt(at) == '#') {
                skipTo('\n');
            } else if (Character.isWhitespace(source.charAt(at)) || source.charAt(at) == '\\') {
                at++;
            } else {
                return;
            }
        }
    }

    private Python expression() {
        skipBlanks();
        Python left = primary();
        while (true) {
            skipBlanks();
            char sign = at < source.length() ? source.charAt(at) : '\n';
            if (left instanceof Python.Figure(double a) && "+-*/".indexOf(sign) >= 0) {
                at++;
                skipBlanks();
                left = calculate(a, sign, primary());
            } else {
                return left;
            }
        }
    }

    private static Python calculate(double a, char sign, Python right) {
        if (!(right instanceof Python.Figure(double b))) {
            return new Python.Unknown();
        }
        return new Python.Figure(
                switch (sign) {
                    case '+' -> a + b;
                    case '-' -> a - b;
                    case '*' -> a * b;
                    default -> a / b;
                });
    }

    private Python primary() {
        if (at >= source.length()) {
            return new Python.Unknown();
        }
        char first = source.charAt(at);
        if (isString()) {
            var text = new StringBuilder();
            while (isString()) {
                string(text);
                skipBlanks();
            }
            return new Python.Text(text.toString());
        }
        if (first == '[' || first == '(' || first == '{') {
            return bracketed(first);
        }
        if (Character.isDigit(first) || first == '-' || first == '.') {
            return number();
        }
        if (Character.isJavaIdentifierStart(first)) {
            return nameOrCall();
        }
        at++;
        return new Python.Unknown();
    }

    private boolean isString() {
        int quote = at;
        while (quote < source.length() && "rbfuRBFU".indexOf(source.charAt(quote)) >= 0) {
            quote++;
        }
        return quote < source.length()
                && quote - at <= 2
                && (source.charAt(quote) == '"' || source.charAt(quote) == '\'');
    }

    private void string(StringBuilder text) {
        while (source.charAt(at) != '"' && source.charAt(at) != '\'') {
            at++;
        }
        String quote = source.substring(at, at + 1);
        String end = source.startsWith(quote.repeat(3), at) ? quote.repeat(3) : quote;
        at += end.length();
        while (at < source.length() && !source.startsWith(end, at)) {
            if (source.charAt(at) == '\\' && at + 1 < source.length()) {
                at++;
            }
            text.append(source.charAt(at));
            at++;
        }
        at = Math.min(source.length(), at + end.length());
    }

    private Python number() {
        int start = at;
        at++;
        while (at < source.length()
                && (Character.isLetterOrDigit(source.charAt(at))
                        || source.charAt(at) == '_'
                        || source.charAt(at) == '.')) {
            at++;
        }
        try {
            return new Python.Figure(
                    Double.parseDouble(source.substring(start, at).replace("_", "")));
        } catch (NumberFormatException _) {
            return new Python.Unknown();
        }
    }

    private Python nameOrCall() {
        int start = at;
        while (at < source.length()
                && (Character.isJavaIdentifierPart(source.charAt(at))
                        || source.charAt(at) == '.')) {
            at++;
        }
        String name = source.substring(start, at);
        skipBlanks();
        if (source.startsWith("[[", at)) {
            List<Python> chosen = Python.items(bracketed('['));
            return new Python.Part(
                    new Python.Name(name),
                    chosen.isEmpty() ? List.of() : Python.items(chosen.getFirst()));
        }
        if (at >= source.length() || source.charAt(at) != '(') {
            return new Python.Name(name);
        }
        List<Python> plain = new ArrayList<>();
        Map<String, Python> named = new LinkedHashMap<>();
        int line = line(start);
        at++;
        items(')', plain, named);
        return new Python.Call(name, plain, named, line);
    }

    private Python bracketed(char open) {
        at++;
        List<Python> items = new ArrayList<>();
        items(open == '[' ? ']' : open == '(' ? ')' : '}', items, new LinkedHashMap<>());
        if (open == '{') {
            return new Python.Unknown();
        }
        return open == '(' && items.size() == 1 ? items.getFirst() : new Python.Sequence(items);
    }

    /// Reads up to the closing bracket; what it does not understand it steps over.
    private void items(char close, List<Python> plain, Map<String, Python> named) {
        while (true) {
            skipSpace();
            if (at >= source.length()) {
                return;
            }
            if (source.charAt(at) == close) {
                at++;
                return;
            }
            if (source.charAt(at) == ',') {
                at++;
                continue;
            }
            Python value = expression();
            skipSpace();
            if (value instanceof Python.Name(String name) && isAssignment()) {
                at++;
                skipSpace();
                named.put(name, expression());
            } else {
                plain.add(value);
            }
            skipRest(close);
        }
    }

    /// To the next comma or the closing bracket, over whatever else the item has.
    private void skipRest(char close) {
        skipSpace();
        while (at < source.length() && source.charAt(at) != ',' && source.charAt(at) != close) {
            expression();
            skipSpace();
        }
    }
}
