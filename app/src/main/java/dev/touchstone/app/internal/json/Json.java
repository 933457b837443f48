package dev.touchstone.app.internal.json;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.exc.ValueInstantiationException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.LogicalType;

/// Reads and writes JSON. Durations and instants are ISO 8601 (`PT2M30S`), gaps in arrays of
/// numbers are `null`, and a document with a field too many, too few or `null` is refused by name.
public final class Json {
    /// Deeper than any of our documents, shallower than any stack.
    private static final int MAX_DEPTH = 20;

    /// How Jackson says that a record's component has no value.
    private static final Pattern MISSING = Pattern.compile("for creator property '(\\w+)'");

    /// How Jackson says where something began, in a document that it does not show.
    private static final Pattern SOURCE = Pattern.compile("\\[Source: [^;\\]]*; ([^\\]]*)]");

    /// How Jackson lists what could have been named.
    private static final Pattern KNOWN_IDS = Pattern.compile("known type ids = (\\[[^\\]]*])");

    private static final ObjectMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(MAX_DEPTH)
                                                    .build())
                                    .build())
                    .addModule(new SimpleModule().addSerializer(double[].class, new Numbers()))
                    // Maps without an order of their own would read differently in every process.
                    .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                    .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                    .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                    .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                    .withCoercionConfig(
                            LogicalType.Textual,
                            config ->
                                    config.setCoercion(
                                                    CoercionInputShape.Integer, CoercionAction.Fail)
                                            .setCoercion(
                                                    CoercionInputShape.Float, CoercionAction.Fail)
                                            .setCoercion(
                                                    CoercionInputShape.Boolean,
                                                    CoercionAction.Fail))
                    .build();

    /// Documents of others may be nested as deep as a schema of theirs is.
    private static final int MAX_FOREIGN_DEPTH = 200;

    private static final ObjectMapper FOREIGN =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(MAX_FOREIGN_DEPTH)
                                                    .build())
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private Json() {}

    /// A document that does not read as what it should be.
    public static final class Malformed extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final String field;

        public Malformed(String field, String message) {
            super(message);
            this.field = field;
        }

        /// Where, such as `actions[3].duration`; empty when the document as a whole is meant.
        public String field() {
            return field;
        }

        public String reason() {
            return String.valueOf(getMessage());
        }
    }

    /// Writes it on one line.
    public static byte[] bytes(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /// Writes it on one line.
    public static String text(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /// Writes it on one line, so that it can stand between script tags whatever it says.
    public static String inScript(Object value) {
        // The one sequence that would end the script element.
        return text(value).replace("<", "\\u003c");
    }

    /// Writes it for people.
    public static String pretty(Object value) {
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value);
    }

    /// Reads a document.
    ///
    /// @throws Malformed with field and reason when it is not a `T`
    public static <T> T read(byte[] document, Class<T> type) {
        T value;
        try {
            value = MAPPER.readValue(document, type);
        } catch (StreamConstraintsException e) {
            throw new Malformed("", excess(e));
        } catch (DatabindException e) {
            throw inOurWords(e);
        } catch (JacksonException e) {
            throw new Malformed("", located(e));
        }
        if (value == null) {
            throw new Malformed("", "the document is null");
        }
        return value;
    }

    /// Reads an object of which we know only some fields.
    ///
    /// @throws Malformed with line and column when it is not one
    public static JsonNode readObject(byte[] document) {
        try {
            JsonNode node = FOREIGN.readTree(document);
            if (!node.isObject()) {
                throw new Malformed(
                        "",
                        node.isMissingNode()
                                ? "the body is empty; send a JSON object"
                                : "the body must be a JSON object");
            }
            return node;
        } catch (StreamConstraintsException e) {
            throw new Malformed("", "the body is nested too deep or holds too long a text");
        } catch (JacksonException e) {
            throw new Malformed("", located(e));
        }
    }

    /// Reads those parts of a document of our own that `T` has.
    public static <T> T readLeniently(byte[] document, Class<T> type) {
        return MAPPER.readerFor(type)
                .without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .readValue(document);
    }

    /// What a parser of one's own found wrong, with line and column.
    public static Malformed malformed(JacksonException e) {
        return new Malformed("", located(e));
    }

    private static String located(JacksonException e) {
        TokenStreamLocation at = e.getLocation();
        String what = Mistake.inWords(e.getOriginalMessage());
        return at == null
                ? what
                : "line %d, column %d: %s".formatted(at.getLineNr(), at.getColumnNr(), what);
    }

    /// Such an exception may come without a location.
    private static String excess(StreamConstraintsException e) {
        return e.getOriginalMessage().contains("nesting depth")
                ? "it is nested more than %d deep; no document here is".formatted(MAX_DEPTH)
                : "a number, a name or a text in it is longer than any here may be";
    }

    /// Says in the document's words what Jackson says in Java's.
    private static Malformed inOurWords(DatabindException e) {
        Matcher missing = MISSING.matcher(e.getOriginalMessage());
        if (missing.find()) {
            return new Malformed(join(path(e), missing.group(1)), "is missing");
        }
        return switch (e) {
            case UnrecognizedPropertyException unknown ->
                    new Malformed(
                            path(e),
                            "is not a field here; there are %s"
                                    .formatted(unknown.getKnownPropertyIds()));
            case InvalidTypeIdException unknown ->
                    new Malformed(
                            join(path(e), "do"),
                            unknown.getTypeId() == null
                                    ? "is missing"
                                    : "there is no '%s'%s"
                                            .formatted(unknown.getTypeId(), known(unknown)));
            case InvalidFormatException wrong ->
                    new Malformed(
                            path(e),
                            "'%s' is not %s"
                                    .formatted(wrong.getValue(), name(wrong.getTargetType())));
            case ValueInstantiationException refused when refused.getCause() != null ->
                    new Malformed(path(e), String.valueOf(refused.getCause().getMessage()));
            case MismatchedInputException wrong when !path(e).isEmpty() ->
                    new Malformed(path(e), "is not " + name(wrong.getTargetType()));
            case MismatchedInputException _ when reason(e).startsWith("No content") ->
                    new Malformed("", "the body is empty");
            case MismatchedInputException _ when reason(e).startsWith("Duplicate") ->
                    new Malformed("", "a field stands twice in one object; leave one out");
            case MismatchedInputException _ ->
                    new Malformed("", "the document is not of the expected kind");
            default -> new Malformed(path(e), reason(e));
        };
    }

    private static String known(InvalidTypeIdException e) {
        Matcher ids = KNOWN_IDS.matcher(e.getOriginalMessage());
        return ids.find() ? "; there are " + ids.group(1) : "";
    }

    private static String name(@Nullable Class<?> type) {
        if (type == null) {
            return "of the expected type";
        }
        return switch (type.getSimpleName()) {
            case "Duration" -> "a duration such as PT2M30S";
            case "int", "long", "Integer", "Long" -> "a whole number";
            case "List", "ArrayList" -> "a list";
            case "String" -> "a text";
            default -> "of the expected type";
        };
    }

    private static String join(String path, String field) {
        if (path.isEmpty() || path.equals(field) || path.endsWith("." + field)) {
            return path.isEmpty() ? field : path;
        }
        return path + "." + field;
    }

    private static String path(JacksonException e) {
        return e.getPath().stream()
                .map(step ->
                        step.getPropertyName() == null
                                ? "[" + step.getIndex() + "]"
                                : "." + step.getPropertyName())
                .collect(Collectors.joining())
                .replaceFirst("^\\.", "");
    }

    private static String reason(JacksonException e) {
        String first = e.getOriginalMessage().lines().findFirst().orElse("not JSON");
        return SOURCE.matcher(first).replaceAll("$1");
    }

    private static final class Numbers extends ValueSerializer<double[]> {
        @Override
        public void serialize(double[] numbers, JsonGenerator to, SerializationContext context) {
            to.writeStartArray();
            for (double number : numbers) {
                if (Double.isFinite(number)) {
                    writeShort(to, number);
                } else {
                    to.writeNull();
                }
            }
            to.writeEndArray();
        }

        /// Five significant digits draw the same chart as seventeen, at a third of the bytes.
        private static void writeShort(JsonGenerator to, double number) {
            double magnitude = Math.abs(number);
            if (number == Math.rint(number) && magnitude < 1e9) {
                to.writeNumber((long) number);
            } else {
                double scale = Math.pow(10, 4 - Math.floor(Math.log10(magnitude)));
                to.writeNumber(Math.round(number * scale) / scale);
            }
        }
    }
}
