package dev.touchstone.arena.internal.content;

import dev.touchstone.arena.Incident;
import dev.touchstone.arena.internal.rules.ActionRef;
import dev.touchstone.arena.internal.rules.FactLine;
import dev.touchstone.arena.internal.rules.RuleParser;
import dev.touchstone.arena.internal.rules.Vocabulary;
import java.util.HashSet;
import java.util.IllegalFormatException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Reads the part of an incident's file that its player does not see.
final class PlanReader {
    private static final int CAP_REVERSIBLE = 40;
    private static final int CAP_IRREVERSIBLE = 20;
    private static final double DEFAULT_WASTE_PER_MINUTE = 0.5;

    private final String file;
    private final Field root;
    private final Incident incident;
    private final Ids ids;
    private final Vocabulary vocabulary;

    PlanReader(String file, Field root, Incident incident) {
        this.file = file;
        this.root = root;
        this.incident = incident;
        this.ids = new Ids(incident);
        this.vocabulary = Vocabulary.of(incident);
    }

    IncidentPlan plan() {
        var variants = new VariantReader(root, incident, vocabulary);
        return new IncidentPlan(
                file,
                incident,
                root.text("deployment"),
                momentary(),
                root.list("variants", variants::variant),
                structural(),
                root.list("fatal", this::fatal),
                communication(root.at("communication")),
                root.number("waste-per-minute", DEFAULT_WASTE_PER_MINUTE),
                root.list("facts", PlanReader::fact));
    }

    private Set<String> momentary() {
        Set<String> momentary = new HashSet<>();
        root.list(
                "levers",
                lever -> lever.flag("momentary", false) && momentary.add(lever.text("id")));
        return momentary;
    }

    private List<ActionRef> structural() {
        return root.list(
                "structural",
                field -> new ActionRef.Lever(field.oneOf("lever", ids.levers()), Optional.empty()));
    }

    private IncidentPlan.Fatal fatal(Field field) {
        Field when = field.at("when");
        boolean reversible = field.flag("reversible", true);
        int most = reversible ? CAP_REVERSIBLE : CAP_IRREVERSIBLE;
        double cap = field.number("cap", most);
        if (cap > most) {
            throw field.at("cap")
                    .refuse(
                            "%.0f is too high; %s fatal action caps the score at %d or lower"
                                    .formatted(
                                            cap,
                                            reversible ? "a reversible" : "an irreversible",
                                            most));
        }
        return new IncidentPlan.Fatal(
                field.text("title"),
                RuleParser.fatal(when.text(), vocabulary, when::refuse),
                field.text("why"),
                (int) cap);
    }

    private static IncidentPlan.Communication communication(Field field) {
        return new IncidentPlan.Communication(
                field.duration("first-within"), field.duration("update-within"));
    }

    private static FactLine fact(Field field) {
        String format = field.text("format");
        if (!writesNumber(format)) {
            throw field.at("format")
                    .refuse(
                            "'%s' does not write one number; use something like %%,.0f tokens/s"
                                    .formatted(format));
        }
        return new FactLine(field.text("label"), field.text("figure"), format);
    }

    private static boolean writesNumber(String format) {
        try {
            return !String.format(Locale.ROOT, format, 1.0)
                    .equals(String.format(Locale.ROOT, format, 2.0));
        } catch (IllegalFormatException e) {
            return false;
        }
    }
}
