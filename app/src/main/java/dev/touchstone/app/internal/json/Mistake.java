package dev.touchstone.app.internal.json;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What is wrong with a text that should be JSON, in words for whoever wrote it. The parser says it
/// in words for whoever wrote the parser.
final class Mistake {
    /// The character that the parser stumbled over.
    private static final Pattern CHARACTER =
            Pattern.compile("^(?:Unexpected|Illegal|Unrecognized) character[^(]*\\(?'(.)' ");

    private static final Pattern WORD = Pattern.compile("^Unrecognized token '([^']{1,40})");

    /// Parts of the parser's messages, and what they mean; the first that fits counts.
    private static final List<Meaning> MEANINGS =
            List.of(
                    new Meaning("in VALUE_STRING", "a text is not closed: '\"' expected"),
                    new Meaning("escape sequence", "a text is not closed: '\"' expected"),
                    new Meaning("in property name", "a field's name is not closed: '\"' expected"),
                    new Meaning("between Object", "the object is not closed: '}' expected"),
                    new Meaning("marker for Object", "the object is not closed: '}' expected"),
                    new Meaning("between Array", "the list is not closed: ']' expected"),
                    new Meaning("marker for Array", "the list is not closed: ']' expected"),
                    new Meaning("to close", "what is closed here was never opened"),
                    new Meaning("end-of-input", "it ends too early: more expected"),
                    new Meaning("No content", "it is empty: a value expected"),
                    new Meaning("start property name", "a field's name in double quotes expected"),
                    new Meaning("start field name", "a field's name in double quotes expected"),
                    new Meaning("separate Object entries", "',' or '}' expected"),
                    new Meaning("separate Array entries", "',' or ']' expected"),
                    new Meaning("colon to separate", "':' expected between a name and its value"),
                    new Meaning(
                            "Unrecognized character escape",
                            "after '\\' one of \" \\ / b f n r t u expected"),
                    new Meaning(
                            "CTRL-CHAR",
                            "a text may hold no line break or control character; write \\n for a line break"),
                    new Meaning(
                            "Invalid numeric value",
                            "a number as JSON writes it expected, without leading zeros"),
                    new Meaning("Numeric value", "the number is out of range"),
                    new Meaning("UTF-8", "it is not UTF-8"),
                    new Meaning("Trailing token", "something follows the document's end"),
                    new Meaning("expected a valid value", "a value expected"),
                    new Meaning("expected a value", "a value expected"),
                    new Meaning("number", "a number as JSON writes it expected"));

    private record Meaning(String part, String words) {}

    private Mistake() {}

    /// @param said by the parser, without the place
    static String inWords(String said) {
        Matcher word = WORD.matcher(said);
        if (word.find()) {
            return "'%s' is no value: a text in double quotes, a number, true, false, null, a list or an object expected"
                    .formatted(word.group(1));
        }
        String expected =
                MEANINGS.stream()
                        .filter(meaning -> said.contains(meaning.part()))
                        .map(Meaning::words)
                        .findFirst()
                        .orElse("it cannot be read as JSON");
        Matcher character = CHARACTER.matcher(said);
        return character.find() ? "%s, got '%s'".formatted(expected, character.group(1)) : expected;
    }
}
