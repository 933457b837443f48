package dev.touchstone.arena.internal.rules;

import dev.touchstone.arena.ContentException;
import dev.touchstone.arena.internal.Durations;
import dev.touchstone.arena.internal.Names;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Reads one rule from one line of text.
///
/// ```
/// order = "first" "(" refs ")" "<=" duration
///       | "confirm" "(" looks ")" "within" duration "of" levers
///       | "before" "(" refs "," duration ")"
///       | "before" "(" refs "," refs ")" [ "unless" figure (">" | "<") number ]
///       | "if" "evidence" "(" looks ")" "then" "lever" "(" levers ")"
/// fatal = "pulled" "(" levers ")" [ ">=" count ]
///       | "never" "(" levers ")"
///       | "only" "(" levers ")"
/// refs  = ref { "|" ref }            ref   = lever | probe | "announce" | "declare"
/// looks = look { "|" look }          look  = signal | probe
/// levers = lever { "|" lever }       lever = id [ ":" option ]
/// ```
///
/// Every refusal says at which column, what was found there and what was expected.
public final class RuleParser {
    private static final Set<String> RESERVED = Set.of("announce", "declare");
    private static final Pattern COUNT = Pattern.compile("[1-9][0-9]?");
    private static final Pattern NUMBER = Pattern.compile("[0-9]+(\\.[0-9]+)?");

    private final Vocabulary names;
    private final Tokens tokens;

    private RuleParser(String text, Vocabulary names, Function<String, ContentException> refusal) {
        this.names = names;
        this.tokens = new Tokens(text, refusal);
    }

    /// Reads an order constraint.
    ///
    /// @param refusal makes the exception for a message; it knows file and field
    public static OrderRule order(
            String text, Vocabulary names, Function<String, ContentException> refusal) {
        var parser = new RuleParser(text, names, refusal);
        OrderRule rule = parser.order();
        parser.tokens.end();
        return rule;
    }

    /// Reads the condition of a fatal rule.
    ///
    /// @param refusal makes the exception for a message; it knows file and field
    public static FatalCondition fatal(
            String text, Vocabulary names, Function<String, ContentException> refusal) {
        var parser = new RuleParser(text, names, refusal);
        FatalCondition condition = parser.fatal();
        parser.tokens.end();
        return condition;
    }

    private OrderRule order() {
        return switch (tokens.keyword("first", "confirm", "before", "if")) {
            case "first" -> first();
            case "confirm" -> confirm();
            case "before" -> before();
            default -> evidenced();
        };
    }

    private OrderRule first() {
        List<ActionRef> refs = inBrackets(this::ref);
        tokens.symbol("<=");
        return new OrderRule.First(refs, duration());
    }

    private OrderRule confirm() {
        List<String> looks = inBrackets(this::look);
        tokens.keyword("within");
        Duration within = duration();
        tokens.keyword("of");
        return new OrderRule.Confirm(looks, within, several(this::lever));
    }

    private OrderRule before() {
        tokens.symbol("(");
        List<ActionRef> earlier = several(this::ref);
        tokens.symbol(",");
        Optional<Duration> limit = Durations.parse(tokens.peek());
        if (limit.isPresent()) {
            Duration by = duration();
            tokens.symbol(")");
            return new OrderRule.By(earlier, by);
        }
        List<ActionRef> later = several(this::ref);
        tokens.symbol(")");
        return new OrderRule.Before(earlier, later, unless());
    }

    private Optional<OrderRule.Unless> unless() {
        if (!tokens.peek().equals("unless")) {
            return Optional.empty();
        }
        tokens.keyword("unless");
        String figure = tokens.word("the id of a figure");
        boolean above = tokens.symbol(">", "<").equals(">");
        return Optional.of(new OrderRule.Unless(figure, above, number()));
    }

    private OrderRule evidenced() {
        tokens.keyword("evidence");
        List<String> signals = inBrackets(this::look);
        tokens.keyword("then");
        tokens.keyword("lever");
        return new OrderRule.Evidenced(signals, inBrackets(this::lever));
    }

    private FatalCondition fatal() {
        String kind = tokens.keyword("pulled", "never", "only");
        List<ActionRef> levers = inBrackets(this::lever);
        if (kind.equals("only")) {
            return new FatalCondition.Only(levers);
        }
        int times = 1;
        if (kind.equals("pulled") && tokens.peek().equals(">=")) {
            tokens.symbol(">=");
            times = count();
        }
        return new FatalCondition.Pulled(levers, times);
    }

    private <T> List<T> inBrackets(Item<T> item) {
        tokens.symbol("(");
        List<T> items = several(item);
        tokens.symbol(")");
        return items;
    }

    private <T> List<T> several(Item<T> item) {
        List<T> items = new ArrayList<>();
        items.add(item.read());
        while (tokens.peek().equals("|")) {
            tokens.symbol("|");
            items.add(item.read());
        }
        return items;
    }

    private ActionRef ref() {
        if (names.levers().containsKey(tokens.peek())) {
            return lever();
        }
        Set<String> known = new TreeSet<>(RESERVED);
        known.addAll(names.levers().keySet());
        known.addAll(names.probes());
        String word = known("a lever, a probe, 'announce' or 'declare'", known);
        return switch (word) {
            case "announce" -> new ActionRef.Announce();
            case "declare" -> new ActionRef.Declare();
            default -> new ActionRef.Probe(word);
        };
    }

    private ActionRef lever() {
        String lever = known("a lever", names.levers().keySet());
        if (!tokens.peek().equals(":")) {
            return new ActionRef.Lever(lever, Optional.empty());
        }
        tokens.symbol(":");
        String option =
                known("an option of " + lever, names.levers().getOrDefault(lever, Set.of()));
        return new ActionRef.Lever(lever, Optional.of(option));
    }

    private String look() {
        return known("a signal of a panel or a probe", names.looks());
    }

    private String known(String expected, Collection<String> known) {
        int column = tokens.column();
        String word = tokens.word(expected);
        if (!known.contains(word)) {
            throw tokens.refused(column, expected, "'" + word + "'", Names.hint(word, known));
        }
        return word;
    }

    private Duration duration() {
        int column = tokens.column();
        String word = tokens.word("a duration");
        return Durations.parse(word)
                .filter(length -> !length.isNegative())
                .orElseThrow(() ->
                        tokens.refused(column, "a duration", "'" + word + "'", Durations.FORM));
    }

    private int count() {
        int column = tokens.column();
        String word = tokens.word("a count");
        if (!COUNT.matcher(word).matches()) {
            throw tokens.refused(
                    column, "a count", "'" + word + "'", "write a whole number from 1 to 99");
        }
        return Integer.parseInt(word);
    }

    private double number() {
        int column = tokens.column();
        String word = tokens.word("a number");
        if (!NUMBER.matcher(word).matches()) {
            throw tokens.refused(column, "a number", "'" + word + "'", "write it as 3 or 0.95");
        }
        return Double.parseDouble(word);
    }

    /// Reads one item of a list.
    @FunctionalInterface
    private interface Item<T> {
        T read();
    }
}
