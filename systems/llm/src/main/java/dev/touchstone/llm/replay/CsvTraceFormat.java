package dev.touchstone.llm.replay;

import dev.touchstone.llm.replay.TraceReader.Fields;
import java.time.DateTimeException;
import java.time.LocalDate;

/// Lines such as `2023-11-16 18:15:46.6805900,374,44` under a header: the Azure LLM inference
/// traces.
final class CsvTraceFormat implements TraceReader.Format {
    static final String HEADER = "TIMESTAMP,ContextTokens,GeneratedTokens";

    private static final String TIME = "TIMESTAMP";
    private static final String SHAPE = "2023-11-16 18:15:46.6805900";
    private static final int FRACTION_DIGITS = 9;

    /// Times count in nanoseconds from 1970, which fit up to 2262.
    private static final int MAX_YEAR = 2261;

    @Override
    public int firstLine() {
        return 2;
    }

    @Override
    public String timeField() {
        return TIME;
    }

    @Override
    public void read(LineScanner line, Fields to) {
        if (line.peek() == LineScanner.END) {
            throw line.malformed("line", "is empty; remove it");
        }
        to.nanos = time(line);
        comma(line, TIME);
        to.promptTokens = (int) line.wholeNumber("ContextTokens", 1, Trace.MAX_TOKENS);
        comma(line, "ContextTokens");
        to.outputTokens = (int) line.wholeNumber("GeneratedTokens", 1, Trace.MAX_TOKENS);
        if (line.peek() != LineScanner.END) {
            throw line.malformed(
                    "GeneratedTokens",
                    "is followed by '%s'; a line has three fields, remove the rest"
                            .formatted(line.remainder()));
        }
    }

    private static void comma(LineScanner line, String field) {
        if (!line.take(',')) {
            throw line.peek() == LineScanner.END
                    ? line.malformed(
                            field,
                            "is the last field; a line has three, '%s': complete or remove it"
                                    .formatted(HEADER))
                    : line.malformed(
                            field,
                            "is followed by '%s' instead of a comma; remove that"
                                    .formatted(line.rest()));
        }
    }

    private static long time(LineScanner line) {
        int year = line.digits(TIME, SHAPE, 4);
        expect(line, '-');
        int month = line.digits(TIME, SHAPE, 2);
        expect(line, '-');
        int day = line.digits(TIME, SHAPE, 2);
        expect(line, ' ');
        int hour = line.digits(TIME, SHAPE, 2);
        expect(line, ':');
        int minute = line.digits(TIME, SHAPE, 2);
        expect(line, ':');
        int second = line.digits(TIME, SHAPE, 2);
        if (hour > 23 || minute > 59 || second > 59) {
            throw line.malformed(
                    TIME,
                    "has no such time of day: %02d:%02d:%02d; correct it"
                            .formatted(hour, minute, second));
        }
        long seconds = 86_400 * epochDay(line, year, month, day);
        seconds += 3_600L * hour + 60L * minute + second;
        long nanos = 1_000_000_000 * seconds + fraction(line);
        if (line.peek() != ',' && !line.take("Z") && !line.take("+00:00")) {
            if (line.peek() != LineScanner.END) {
                throw line.malformed(
                        TIME,
                        "ends in '%s'; times are in UTC and look like %s"
                                .formatted(line.rest(), SHAPE));
            }
        }
        return nanos;
    }

    private static void expect(LineScanner line, char separator) {
        if (!line.take(separator)) {
            throw line.malformed(
                    TIME,
                    "must look like %s, expected '%s' before '%s'"
                            .formatted(SHAPE, separator, line.rest()));
        }
    }

    private static long epochDay(LineScanner line, int year, int month, int day) {
        try {
            if (year >= 1970 && year <= MAX_YEAR) {
                return LocalDate.of(year, month, day).toEpochDay();
            }
        } catch (DateTimeException _) {
            // Said below.
        }
        throw line.malformed(
                TIME,
                "%04d-%02d-%02d is no day from 1970 to %d; correct it"
                        .formatted(year, month, day, MAX_YEAR));
    }

    /// Nanoseconds after the decimal point, if there is one.
    private static long fraction(LineScanner line) {
        if (!line.take('.')) {
            return 0;
        }
        long nanos = line.digits(TIME, SHAPE, 1);
        int digits = 1;
        while (line.peek() >= '0' && line.peek() <= '9') {
            if (digits++ == FRACTION_DIGITS) {
                throw line.malformed(TIME, "has more than 9 digits after the point; cut them off");
            }
            nanos = 10 * nanos + line.digits(TIME, SHAPE, 1);
        }
        for (; digits < FRACTION_DIGITS; digits++) {
            nanos *= 10;
        }
        return nanos;
    }
}
