package dev.touchstone.llm.replay;

import dev.touchstone.llm.replay.TraceReader.Fields;

/// Lines such as `{"timestamp": 27, "input_length": 700, "output_length": 9, "hash_ids": [46,
/// 47]}`: the Mooncake traces. Fields may stand in any order and with any blanks; one that is not
/// known is refused, because formats with further fields count time and blocks in other units.
final class JsonTraceFormat implements TraceReader.Format {
    private static final String TIME = "timestamp";
    private static final String PROMPT = "input_length";
    private static final String OUTPUT = "output_length";
    private static final String PREFIX = "hash_ids";

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long MAX_MILLIS = Long.MAX_VALUE / NANOS_PER_MILLI;
    private static final long MAX_PREFIX_ID = (1L << 53) - 1;

    private boolean hasTime;
    private boolean hasPrefix;

    @Override
    public int firstLine() {
        return 1;
    }

    @Override
    public String timeField() {
        return TIME;
    }

    @Override
    public void read(LineScanner line, Fields to) {
        hasTime = false;
        hasPrefix = false;
        to.promptTokens = 0;
        to.outputTokens = 0;
        line.skipBlanks();
        expect(line, "line", '{');
        line.skipBlanks();
        if (line.peek() != '}') {
            String last;
            do {
                last = readField(line, to);
                line.skipBlanks();
            } while (line.take(','));
            expect(line, last, '}');
        } else {
            line.take('}');
        }
        line.skipBlanks();
        if (line.peek() != LineScanner.END) {
            throw line.malformed(
                    "line",
                    "the object is followed by '%s'; put each request on a line of its own"
                            .formatted(line.remainder()));
        }
        requireAll(line, to);
    }

    private String readField(LineScanner line, Fields to) {
        line.skipBlanks();
        if (line.take("\"timestamp\"")) {
            colon(line, TIME, hasTime);
            hasTime = true;
            to.nanos = NANOS_PER_MILLI * line.wholeNumber(TIME, 0, MAX_MILLIS);
            return TIME;
        }
        if (line.take("\"input_length\"")) {
            colon(line, PROMPT, to.promptTokens > 0);
            to.promptTokens = (int) line.wholeNumber(PROMPT, 1, Trace.MAX_TOKENS);
            return PROMPT;
        }
        if (line.take("\"output_length\"")) {
            colon(line, OUTPUT, to.outputTokens > 0);
            to.outputTokens = (int) line.wholeNumber(OUTPUT, 1, Trace.MAX_TOKENS);
            return OUTPUT;
        }
        if (line.take("\"hash_ids\"")) {
            colon(line, PREFIX, hasPrefix);
            hasPrefix = true;
            readPrefixIds(line, to);
            return PREFIX;
        }
        throw line.peek() == LineScanner.END || !line.text().endsWith("}")
                ? cutOff(line, "line")
                : line.malformed(
                        "line",
                        ("expected one of the fields timestamp, input_length, output_length and"
                                        + " hash_ids, got '%s'; remove it")
                                .formatted(line.remainder()));
    }

    private static void readPrefixIds(LineScanner line, Fields to) {
        expect(line, PREFIX, '[');
        line.skipBlanks();
        if (line.take(']')) {
            return;
        }
        do {
            line.skipBlanks();
            if (line.peek() == LineScanner.END) {
                throw cutOff(line, PREFIX);
            }
            to.addPrefixId(line.wholeNumber(PREFIX, 0, MAX_PREFIX_ID));
            line.skipBlanks();
        } while (line.take(','));
        expect(line, PREFIX, ']');
    }

    private static void colon(LineScanner line, String field, boolean known) {
        if (known) {
            throw line.malformed(field, "stands there twice; remove one");
        }
        line.skipBlanks();
        expect(line, field, ':');
        line.skipBlanks();
        if (line.peek() == LineScanner.END) {
            throw cutOff(line, field);
        }
    }

    private void requireAll(LineScanner line, Fields fields) {
        String missing =
                !hasTime
                        ? TIME
                        : fields.promptTokens == 0
                                ? PROMPT
                                : fields.outputTokens == 0 ? OUTPUT : "";
        if (!missing.isEmpty()) {
            throw line.malformed(missing, "is missing; add it or remove the line");
        }
        int ids = Trace.idsFor(fields.promptTokens);
        if (hasPrefix && fields.prefixIdCount != ids) {
            throw line.malformed(
                    PREFIX,
                    ("has %d ids; %d prompt tokens have %d, one for each 512 begun: correct it or"
                                    + " leave the field out")
                            .formatted(fields.prefixIdCount, fields.promptTokens, ids));
        }
    }

    private static void expect(LineScanner line, String field, char expected) {
        if (!line.take(expected)) {
            throw line.peek() == LineScanner.END
                    ? cutOff(line, field)
                    : line.malformed(
                            field,
                            "expected '%s' before '%s'; correct or remove the line"
                                    .formatted(expected, line.rest()));
        }
    }

    private static MalformedTraceException cutOff(LineScanner line, String field) {
        return line.malformed(
                field, "the line ends in the middle of the object; complete or remove it");
    }
}
