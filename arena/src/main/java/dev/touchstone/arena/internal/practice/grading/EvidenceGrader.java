package dev.touchstone.arena.internal.practice.grading;

import dev.touchstone.arena.internal.practice.Criteria;
import dev.touchstone.arena.internal.practice.Criteria.Wrong;
import dev.touchstone.arena.internal.practice.text.Copies;
import dev.touchstone.arena.practice.Brief;
import dev.touchstone.arena.practice.Check;
import dev.touchstone.arena.practice.EvidenceGrade;
import dev.touchstone.arena.practice.EvidenceGrade.Asks;
import dev.touchstone.arena.practice.EvidenceGrade.DimensionGrade;
import dev.touchstone.arena.practice.EvidenceGrade.Fact;
import dev.touchstone.arena.practice.EvidenceGrade.Slip;
import dev.touchstone.arena.practice.EvidenceGrade.Sum;
import dev.touchstone.arena.practice.Level;
import dev.touchstone.arena.practice.Quote;
import dev.touchstone.arena.practice.TriedDesign;
import dev.touchstone.arena.practice.Written;
import dev.touchstone.capacity.Quantity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Grades a written answer by looking for evidence in it. The same text always gets the same grade.
public final class EvidenceGrader {
    private final Brief brief;
    private final Criteria criteria;
    private final Map<String, Written> written;
    private final Answer answer;
    private final Optional<RunEvidence> run;

    private EvidenceGrader(
            Brief brief,
            Criteria criteria,
            Map<String, Written> written,
            List<TriedDesign> designs) {
        this.brief = brief;
        this.criteria = criteria;
        this.written = written;
        var texts = new HashMap<String, String>();
        written.forEach((section, text) -> texts.put(section, text.text()));
        var given = new ArrayList<>(brief.tasks());
        given.add(brief.scenario());
        brief.constraints().forEach(constraint -> given.add(constraint.text()));
        this.answer = new Answer(brief.form(), texts, new Copies(given));
        this.run = RunEvidence.of(designs, answer);
    }

    /// Grades an answer.
    ///
    /// @param written by section
    /// @param designs that were run before the model answer was open, the first first
    /// @param self one's own grades, by dimension
    public static EvidenceGrade grade(
            Brief brief,
            Criteria criteria,
            Map<String, Written> written,
            List<TriedDesign> designs,
            Map<String, Level> self) {
        return new EvidenceGrader(brief, criteria, written, designs).grade(self);
    }

    private EvidenceGrade grade(Map<String, Level> self) {
        List<Fact> facts =
                criteria.facts().stream()
                        .filter(fact -> fact.ran().isEmpty() || run.isPresent())
                        .map(this::look)
                        .toList();
        List<Check> questions = questions();
        List<DimensionGrade> dimensions =
                brief.rubric().stream()
                        .map(dimension ->
                                dimension(
                                        dimension,
                                        facts,
                                        self.getOrDefault(dimension.id(), Level.NONE)))
                        .toList();
        List<Slip> fatal = slips(true);
        var reasons = new ArrayList<String>();
        Level level = level(dimensions, facts, fatal, reasons);
        run.ifPresent(held -> reasons.add(held.reason()));
        return new EvidenceGrade(
                level,
                reasons,
                dimensions,
                facts,
                questions,
                criteria.budget().map(this::sum),
                fatal,
                slips(false),
                questions.stream().mapToInt(Check::points).sum());
    }

    private Fact look(Criteria.Fact fact) {
        Optional<Quote> found =
                fact.ran().isPresent()
                        ? run.flatMap(held -> held.find(fact.ran().get()))
                        : fact.number()
                                .map(number -> answer.find(number, fact.terms()))
                                .orElseGet(() -> fact.terms().flatMap(answer::find));
        return new Fact(fact.id(), fact.dimension(), fact.level(), fact.asks(), fact.what(), found);
    }

    private List<Check> questions() {
        var checks = new ArrayList<Check>();
        for (Brief.Section section : brief.form()) {
            Optional.ofNullable(criteria.questions().get(section.id()))
                    .ifPresent(expectation ->
                            checks.add(
                                    Checks.check(
                                            section.id(),
                                            answer.text(section),
                                            certainty(section),
                                            expectation)));
        }
        return checks;
    }

    private Optional<Integer> certainty(Brief.Section section) {
        return Optional.ofNullable(written.get(section.id())).flatMap(Written::certainty);
    }

    /// The highest level of which a fact was found, and half of the facts up to there; principal
    /// where nothing is missing.
    private static DimensionGrade dimension(Brief.Dimension dimension, List<Fact> all, Level self) {
        List<Fact> facts =
                all.stream().filter(fact -> fact.dimension().equals(dimension.id())).toList();
        Level reached = Level.NONE;
        for (Level level : Level.values()) {
            List<Fact> upTo =
                    facts.stream().filter(fact -> fact.level().compareTo(level) <= 0).toList();
            boolean speaksForIt =
                    upTo.stream()
                            .anyMatch(fact -> fact.level() == level && fact.quote().isPresent());
            if (speaksForIt && 2 * found(upTo) >= upTo.size()) {
                reached = level;
            }
        }
        if (!facts.isEmpty() && found(facts) == facts.size()) {
            reached = Level.PRINCIPAL;
        }
        return new DimensionGrade(
                dimension.id(), dimension.title(), self, reached, found(facts), facts.size());
    }

    private static int found(List<Fact> facts) {
        return (int) facts.stream().filter(fact -> fact.quote().isPresent()).count();
    }

    /// The five questions, in their order; what is fatal comes last.
    private static Level level(
            List<DimensionGrade> dimensions,
            List<Fact> facts,
            List<Slip> fatal,
            List<String> reasons) {
        double mean =
                dimensions.stream()
                        .mapToInt(dimension -> dimension.evidence().column())
                        .average()
                        .orElse(0);
        Level level = Level.of((int) Math.ceil(mean - 0.5));
        reasons.add("Closest column over all dimensions: %s.".formatted(level.word()));
        if (has(facts, Asks.PUSHBACK) && level != Level.PRINCIPAL) {
            level = Level.of(level.column() + 1);
            reasons.add("A correct objection to the brief: one column up.");
        }
        if (!has(facts, Asks.FAILURE)) {
            level = level.atMost(Level.SENIOR);
            reasons.add("No failure mode with its mitigation is found: senior at most.");
        }
        if (!has(facts, Asks.COST)) {
            level = level.atMost(Level.SENIOR);
            reasons.add("No cost to the organisation is found: senior at most.");
        }
        if (!has(facts, Asks.NUMBER)) {
            level = level.atMost(Level.JUNIOR);
            reasons.add("No derived number is found: junior at most.");
        }
        if (!fatal.isEmpty()) {
            level = level.atMost(Level.JUNIOR);
            reasons.add("A fatal action: junior at most.");
        }
        return level;
    }

    private static boolean has(List<Fact> facts, Asks asks) {
        return facts.stream()
                .anyMatch(fact ->
                        fact.quote().isPresent() && fact.asks().filter(asks::equals).isPresent());
    }

    private List<Slip> slips(boolean fatal) {
        var slips = new ArrayList<Slip>();
        for (Wrong wrong : criteria.slips()) {
            if (wrong.fatal() == fatal) {
                answer.assertion(wrong.terms())
                        .ifPresent(
                                quote -> slips.add(new Slip(wrong.text(), wrong.because(), quote)));
            }
        }
        return slips;
    }

    private Sum sum(Criteria.Limit limit) {
        double total = 0;
        boolean any = false;
        var unreadable = new ArrayList<String>();
        for (Brief.Section row : brief.budget().map(Brief.Budget::rows).orElse(List.of())) {
            try {
                total += Quantity.parse(answer.text(row), limit.unit()).base();
                any = true;
            } catch (IllegalArgumentException _) {
                unreadable.add(row.title());
            }
        }
        var sum = new Quantity(total, limit.limit().dimension());
        boolean within = total <= limit.limit().base() * (1 + 1e-9);
        return new Sum(
                any ? sum.text(limit.unit()) : "",
                limit.limit().text(limit.unit()),
                unreadable,
                within && unreadable.isEmpty());
    }
}
