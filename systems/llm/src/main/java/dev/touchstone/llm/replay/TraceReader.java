package dev.touchstone.llm.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// Reads trace files: finds the format, walks the lines and checks what every format must keep to.
/// What stands in a line is up to [CsvTraceFormat] and [JsonTraceFormat].
final class TraceReader {
    /// How the lines of one format are read.
    interface Format {
        /// First line with a request, counted from 1.
        int firstLine();

        /// Reads the line the scanner stands at into the fields of `to`.
        void read(LineScanner line, Fields to);

        /// Name of the field with the time.
        String timeField();
    }

    /// One request as its line has it; reused from line to line.
    static final class Fields {
        long nanos;
        int promptTokens;
        int outputTokens;
        long[] prefixIds = new long[256];
        int prefixIdCount;

        void addPrefixId(long id) {
            if (prefixIdCount == prefixIds.length) {
                prefixIds = Arrays.copyOf(prefixIds, 2 * prefixIdCount);
            }
            prefixIds[prefixIdCount++] = id;
        }
    }

    private static final long MAX_FILE_BYTES = 1L << 30;
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final int SHOWN_CHARACTERS = 60;

    private TraceReader() {}

    static Trace read(Path file) throws IOException {
        long size = Files.size(file);
        if (size > MAX_FILE_BYTES) {
            throw new MalformedTraceException(
                    file,
                    "has %d bytes, a trace may have %d; split it by time"
                            .formatted(size, MAX_FILE_BYTES));
        }
        return parse(file, Files.readAllBytes(file));
    }

    private static Trace parse(Path file, byte[] bytes) {
        int start = startsWith(bytes, BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
        int end = bytes.length;
        while (end > start && isBlank(bytes[end - 1])) {
            end--;
        }
        if (start == end) {
            throw new MalformedTraceException(
                    file,
                    ("is empty; a trace has a line for each request, as CSV under the header"
                                    + " '%s' or as JSON")
                            .formatted(CsvTraceFormat.HEADER));
        }
        var scanner = new LineScanner(file, bytes, start, end);
        Format format = formatOf(scanner);
        var trace = new Trace.Builder();
        var fields = new Fields();
        do {
            if (scanner.line() >= format.firstLine()) {
                fields.prefixIdCount = 0;
                format.read(scanner, fields);
                add(scanner, format, fields, trace);
            }
        } while (scanner.nextLine());
        if (trace.size() == 0) {
            throw new MalformedTraceException(
                    file, "has a header and no request; record at least one");
        }
        return trace.build();
    }

    private static Format formatOf(LineScanner scanner) {
        if (scanner.peek() == '{') {
            return new JsonTraceFormat();
        }
        String line = scanner.text();
        if (line.equals(CsvTraceFormat.HEADER)) {
            return new CsvTraceFormat();
        }
        boolean fits = line.length() <= SHOWN_CHARACTERS;
        String shown = fits ? line : line.substring(0, SHOWN_CHARACTERS) + "…";
        throw scanner.malformed(
                "line",
                ("a trace starts with the CSV header '%s' or with a JSON object such as"
                                + " '{\"timestamp\": 0, \"input_length\": 7, \"output_length\": 9}',"
                                + " got '%s'; convert it to one of the two, as plain UTF-8 text")
                        .formatted(CsvTraceFormat.HEADER, shown.replaceAll("\\p{C}", "?")));
    }

    private static void add(
            LineScanner scanner, Format format, Fields fields, Trace.Builder trace) {
        if (trace.size() > 0 && fields.nanos < trace.lastNanos()) {
            throw scanner.malformed(
                    format.timeField(),
                    ("lies %.3f s before the line above; sort the file by time, or split it where"
                                    + " its clock went back")
                            .formatted((trace.lastNanos() - fields.nanos) / 1e9));
        }
        if (trace.size() > 0 && fields.nanos - trace.firstNanos() > Trace.MAX_SPAN.toNanos()) {
            throw scanner.malformed(
                    format.timeField(),
                    ("lies more than %d days after the first; split the file, or check the unit of"
                                    + " its times")
                            .formatted(Trace.MAX_SPAN.toDays()));
        }
        trace.add(
                fields.nanos,
                fields.promptTokens,
                fields.outputTokens,
                fields.prefixIds,
                fields.prefixIdCount);
    }

    private static boolean startsWith(byte[] bytes, byte[] mark) {
        return bytes.length >= mark.length
                && Arrays.equals(bytes, 0, mark.length, mark, 0, mark.length);
    }

    private static boolean isBlank(byte value) {
        return value == '\n' || value == '\r' || value == ' ' || value == '\t';
    }
}
