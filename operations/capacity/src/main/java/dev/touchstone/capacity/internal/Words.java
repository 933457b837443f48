package dev.touchstone.capacity.internal;

import dev.touchstone.capacity.Dimension;
import dev.touchstone.capacity.Dimension.Base;
import dev.touchstone.capacity.Nearest;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The words that units are made of.
final class Words {
    /// @param prefix the part of `factor` that a prefix made: 1e6 in `Mtok`
    record Word(Dimension dimension, double factor, double prefix) {
        Word(Dimension dimension, double factor) {
            this(dimension, factor, 1);
        }

        Word prefixed(double by) {
            return new Word(dimension, factor * by, by);
        }
    }

    private static final Dimension BYTE = Dimension.of(Base.BYTE);
    private static final Dimension FLOP = Dimension.of(Base.FLOP);
    private static final Dimension SECOND = Dimension.of(Base.SECOND);
    private static final Dimension REQUEST = Dimension.of(Base.REQUEST);
    private static final Dimension TOKEN = Dimension.of(Base.TOKEN);
    private static final double DAY_SECONDS = 86_400;

    /// Where capitals matter: `B` is a byte, `b` a bit.
    private static final Map<String, Word> EXACT =
            Map.of(
                    "B", new Word(BYTE, 1),
                    "b", new Word(BYTE, 1 / 8.0),
                    "s", new Word(SECOND, 1),
                    "h", new Word(SECOND, 3_600),
                    "d", new Word(SECOND, DAY_SECONDS),
                    "Bps", new Word(BYTE.per(SECOND), 1),
                    "bps", new Word(BYTE.per(SECOND), 1 / 8.0));

    private static final Map<String, Word> WORDS = words();

    private static final String DECIMAL = "kMGTPEZ";
    private static final Pattern BINARY_PREFIXED = Pattern.compile("([KMGTPE])i(.+)");
    private static final Pattern DECIMAL_PREFIXED = Pattern.compile("([kKMGTPEZ])(.+)");
    private static final Pattern SMALL_SECONDS = Pattern.compile("([nuµμm])s(?:ec)?");

    /// Nobody who writes `gb` in small letters means a bit.
    private static final Pattern SMALL_LETTERS = Pattern.compile("([kmgtpe])(i?)b");

    private static final Pattern FLOPS = Pattern.compile("([kKmMgGtTpPeEzZ]?)[fF][lL][oO][pP]s?");
    private static final Pattern FLOPS_A_SECOND =
            Pattern.compile("([kKmMgGtTpPeEzZ]?)(?:FLOPS|flops)");

    private static final Map<String, Double> SCALES =
            Map.ofEntries(
                    Map.entry("k", 1e3),
                    Map.entry("K", 1e3),
                    Map.entry("thousand", 1e3),
                    Map.entry("M", 1e6),
                    Map.entry("mn", 1e6),
                    Map.entry("million", 1e6),
                    Map.entry("G", 1e9),
                    Map.entry("bn", 1e9),
                    Map.entry("billion", 1e9),
                    Map.entry("T", 1e12),
                    Map.entry("trillion", 1e12),
                    Map.entry("P", 1e15));

    private Words() {}

    private static Map<String, Word> words() {
        var words = new HashMap<String, Word>();
        add(words, new Word(BYTE, 1), "byte");
        add(words, new Word(BYTE, 1 / 8.0), "bit");
        add(words, new Word(SECOND, 1), "sec", "second");
        add(words, new Word(SECOND, 60), "min", "minute");
        add(words, new Word(SECOND, 3_600), "hr", "hour");
        add(words, new Word(SECOND, DAY_SECONDS), "day");
        add(words, new Word(SECOND, 7 * DAY_SECONDS), "wk", "week");
        add(words, new Word(SECOND, 30 * DAY_SECONDS), "mo", "month");
        add(words, new Word(SECOND, 365 * DAY_SECONDS), "y", "yr", "year");
        add(words, new Word(Dimension.of(Base.DOLLAR), 1), "$", "usd", "dollar");
        add(words, new Word(TOKEN, 1), "token", "tok");
        add(words, new Word(TOKEN.per(SECOND), 1), "tps");
        add(words, new Word(REQUEST, 1), "request", "req", "query", "sequence", "seq", "q");
        add(words, new Word(REQUEST, 1), "queries");
        add(words, new Word(REQUEST.per(SECOND), 1), "rps", "qps");
        add(
                words,
                new Word(Dimension.of(Base.ITEM), 1),
                "item",
                "row",
                "vector",
                "document",
                "doc");
        add(words, new Word(Dimension.of(Base.ITEM), 1), "chunk", "feature", "value", "event");
        add(
                words,
                new Word(Dimension.of(Base.ITEM), 1),
                "message",
                "msg",
                "record",
                "user",
                "read");
        add(
                words,
                new Word(Dimension.of(Base.ITEM), 1),
                "session",
                "list",
                "change",
                "principal",
                "entry");
        add(words, new Word(Dimension.of(Base.DEVICE), 1), "gpu", "h100", "h200", "a100", "a10g");
        add(words, new Word(Dimension.of(Base.DEVICE), 1), "server", "machine", "node", "host");
        add(words, new Word(Dimension.of(Base.DEVICE), 1), "replica", "shard", "partition");
        add(words, new Word(Dimension.of(Base.DEVICE), 1), "instance", "broker", "consumer");
        add(words, new Word(Dimension.NONE, 1), "parameter", "param", "layer", "head", "number");
        add(
                words,
                new Word(Dimension.NONE, 1),
                "step",
                "dimension",
                "code",
                "link",
                "x",
                "×",
                "times");
        add(words, new Word(Dimension.NONE, 0.01), "%", "percent");
        return Map.copyOf(words);
    }

    private static void add(Map<String, Word> words, Word word, String... names) {
        for (String name : names) {
            words.put(name, word);
        }
    }

    /// What a multiplier such as `M` or `million` stands for.
    static Optional<Double> scale(String word) {
        return Optional.ofNullable(SCALES.get(word));
    }

    /// What a word stands for.
    ///
    /// @throws IllegalArgumentException when it is unknown
    static Word word(String word) {
        Word exact = EXACT.get(word);
        if (exact != null) {
            return exact;
        }
        Matcher small = SMALL_LETTERS.matcher(word);
        if (small.matches()) {
            return word(small.group(1).toUpperCase(Locale.ROOT) + small.group(2) + "B");
        }
        Matcher rate = FLOPS_A_SECOND.matcher(word);
        if (rate.matches()) {
            return new Word(FLOP.per(SECOND), 1).prefixed(decimal(rate.group(1)));
        }
        Matcher flops = FLOPS.matcher(word);
        if (flops.matches()) {
            return new Word(FLOP, 1).prefixed(decimal(flops.group(1)));
        }
        return plain(word)
                .or(() -> prefixed(word))
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "unknown unit '%s'%s"
                                        .formatted(
                                                word,
                                                Nearest.hint(
                                                        word.toLowerCase(Locale.ROOT),
                                                        WORDS.keySet()))));
    }

    private static Optional<Word> prefixed(String word) {
        Matcher seconds = SMALL_SECONDS.matcher(word);
        if (seconds.matches()) {
            double factor =
                    switch (seconds.group(1)) {
                        case "n" -> 1e-9;
                        case "m" -> 1e-3;
                        default -> 1e-6;
                    };
            return Optional.of(new Word(SECOND, factor));
        }
        Matcher binary = BINARY_PREFIXED.matcher(word);
        if (binary.matches()) {
            double factor = Math.pow(1024, "KMGTPE".indexOf(binary.group(1)) + 1);
            return stem(binary.group(2))
                    .filter(found -> found.dimension().exponent(Base.BYTE) != 0)
                    .map(found -> found.prefixed(factor));
        }
        Matcher decimal = DECIMAL_PREFIXED.matcher(word);
        return decimal.matches()
                ? stem(decimal.group(2)).map(found -> found.prefixed(decimal(decimal.group(1))))
                : Optional.empty();
    }

    /// What may stand behind a prefix: anything but time and shares.
    private static Optional<Word> stem(String word) {
        return Optional.ofNullable(EXACT.get(word))
                .or(() -> plain(word))
                .filter(found ->
                        !found.dimension().equals(SECOND)
                                && !found.dimension().equals(Dimension.NONE));
    }

    private static Optional<Word> plain(String word) {
        String lower = word.toLowerCase(Locale.ROOT);
        Word found = WORDS.get(lower);
        return found == null && lower.endsWith("s")
                ? Optional.ofNullable(WORDS.get(lower.substring(0, lower.length() - 1)))
                : Optional.ofNullable(found);
    }

    private static double decimal(String prefix) {
        if (prefix.isEmpty()) {
            return 1;
        }
        String usual = prefix.equalsIgnoreCase("k") ? "k" : prefix.toUpperCase(Locale.ROOT);
        return Math.pow(1000, DECIMAL.indexOf(usual) + 1);
    }
}
