package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.practice.Recordings.Recording;
import dev.touchstone.app.internal.practice.Sitting;
import dev.touchstone.arena.practice.Brief;
import dev.touchstone.arena.practice.Brief.Input;
import dev.touchstone.arena.practice.Brief.Section;
import dev.touchstone.arena.practice.ChallengeAttempt;
import dev.touchstone.arena.practice.ChallengeAttempt.Phase;
import dev.touchstone.arena.practice.EvidenceGrade;
import dev.touchstone.arena.practice.Level;
import dev.touchstone.arena.practice.Outcome;
import dev.touchstone.arena.practice.Practice;
import dev.touchstone.arena.practice.Reading;
import dev.touchstone.arena.practice.Solution;
import dev.touchstone.arena.practice.Written;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// What the page of a challenge's attempt shows.
///
/// @param revision time to revise after the first hint
/// @param comments where a language model is there to make some
/// @param designs that were run within it, and the form to run another
/// @param said why the last move was refused
public record AttemptView(
        String assets,
        Sitting sitting,
        ChallengeAttempt attempt,
        Duration revision,
        List<Recording> recordings,
        Optional<Comments> comments,
        DesignsView designs,
        Optional<String> said) {
    private static final Map<String, Integer> ROWS =
            Map.of("requirements", 5, "numbers", 4, "skeleton", 9, "budget", 3);
    private static final int USUAL_ROWS = 6;

    /// A field of the form, filled with what is stored.
    ///
    /// @param certainty 1 to 3, or 0 when none was said
    public record Field(Section section, String text, int certainty) {
        /// An id for the page.
        public String key() {
            return section.id().replace('/', '-');
        }

        /// What to type, for questions.
        public String placeholder() {
            return switch (section.input()) {
                case NUMBER -> ("number and unit, in " + section.unit()).strip();
                case TIME -> "a time, such as 13:45";
                case WORDS -> "a few words";
                case BUDGET, TEXT -> "";
            };
        }

        public int rows() {
            return ROWS.getOrDefault(name(section), USUAL_ROWS);
        }
    }

    /// A part of the answer beside the model's.
    ///
    /// @param section that notes are kept with; empty when the form has none
    public record Part(
            String id, String title, String section, List<Mine> mine, String model, String note) {}

    /// What was written in one section.
    ///
    /// @param revised what was written after the first hint; empty when nothing was
    public record Mine(String label, String text, int certainty, String revised) {}

    /// Comments of a language model.
    ///
    /// @param text empty until somebody asked for them
    public record Comments(String model, Optional<String> text) {}

    /// A stage of the protocol.
    ///
    /// @param state `past`, `now` or `ahead`
    public record Stage(String name, String state) {}

    public String id() {
        return sitting.id();
    }

    public Brief brief() {
        return attempt.brief();
    }

    public TelemetryView telemetry() {
        return new TelemetryView(brief().telemetry());
    }

    public boolean design() {
        return brief().kind() == Brief.Kind.DESIGN;
    }

    public Phase phase() {
        return attempt.phase(sitting.now());
    }

    public boolean revising() {
        return phase() == Phase.REVISING;
    }

    public boolean writing() {
        return phase() == Phase.WRITING || revising();
    }

    /// Whether the model answer is open.
    public boolean answered() {
        return attempt.solution().isPresent();
    }

    public boolean givenUp() {
        return attempt.givenUp();
    }

    public Duration left() {
        return attempt.left(sitting.now());
    }

    public List<String> hints() {
        return attempt.hints();
    }

    public Optional<Solution> solution() {
        return attempt.solution();
    }

    public Optional<EvidenceGrade> evidence() {
        return attempt.evidence();
    }

    public String reflection() {
        return attempt.reflection();
    }

    public Optional<String> due() {
        return sitting.due().map(Format::day);
    }

    /// What to read where two more attempts have brought nothing.
    public List<Reading> readings() {
        var outcomes = new ArrayList<Outcome>(sitting.earlier());
        attempt.outcome().ifPresent(outcomes::add);
        return attempt.outcome().isEmpty()
                ? List.of()
                : Practice.stuck(outcomes).stream()
                        .flatMap(id -> Optional.ofNullable(attempt.readings().get(id)).stream())
                        .toList();
    }

    public String nextHint() {
        if (givenUp()) {
            return "Read the hints one by one, or go straight to the model answer.";
        }
        return hints().isEmpty()
                ? "It cannot be changed any more, except once: the first hint gives you %s to revise."
                        .formatted(Format.span(revision()))
                : "More hints tell more. The model answer ends the writing for good.";
    }

    public List<Stage> stages() {
        int now =
                switch (phase()) {
                    case WRITING -> 0;
                    case EXPIRED, SUBMITTED, REVISING -> 1;
                    case ANSWERED -> 2;
                    case GRADED -> 3;
                    case DONE -> 4;
                };
        List<String> names = List.of("Write", "Hints", "Compare", "Evidence", "Done");
        var stages = new ArrayList<Stage>();
        for (int i = 0; i < names.size(); i++) {
            stages.add(new Stage(names.get(i), i < now ? "past" : i == now ? "now" : "ahead"));
        }
        return stages;
    }

    public List<Field> questions() {
        return fields(section -> section.input().isQuestion());
    }

    public List<Field> texts() {
        return fields(section -> section.input() == Input.TEXT);
    }

    public List<Field> budget() {
        return fields(section -> section.input() == Input.BUDGET);
    }

    /// The text field after which the budget's table stands: the one before it in the form.
    public String budgetAfter() {
        String before = "";
        for (Section section : brief().form()) {
            if (section.input() == Input.BUDGET) {
                return before;
            }
            before = section.input() == Input.TEXT ? section.id() : before;
        }
        return before;
    }

    /// Whether the questions that come first all have an answer.
    public boolean numbersDone() {
        return questions().stream().noneMatch(field -> field.text().isBlank());
    }

    public List<Level> levels() {
        return List.of(Level.JUNIOR, Level.SENIOR, Level.STAFF, Level.PRINCIPAL);
    }

    /// What a level takes.
    public String describe(Solution.Row row, Level level) {
        return switch (level) {
            case NONE -> "";
            case JUNIOR -> row.junior();
            case SENIOR -> row.senior();
            case STAFF -> row.staff();
            case PRINCIPAL -> row.principal();
        };
    }

    public String titleOf(String section) {
        return brief().section(section).map(Section::title).orElse(section);
    }

    /// The answer, part by part, beside the model's where that is open.
    public List<Part> parts() {
        Map<String, String> model = new LinkedHashMap<>();
        Map<String, String> titles = new LinkedHashMap<>();
        solution()
                .ifPresent(open ->
                        open.parts()
                                .forEach(part -> {
                                    model.put(part.id(), part.text());
                                    titles.put(part.id(), part.title());
                                }));
        Map<String, List<Section>> sections = new LinkedHashMap<>();
        for (Section section : brief().form()) {
            sections.computeIfAbsent(partOf(section), _ -> new ArrayList<>()).add(section);
        }
        model.keySet().forEach(id -> sections.putIfAbsent(id, List.of()));
        var parts = new ArrayList<Part>();
        sections.forEach((id, group) ->
                parts.add(
                        new Part(
                                id,
                                titles.getOrDefault(id, title(id, group)),
                                group.isEmpty() ? "" : group.getFirst().id(),
                                group.stream().flatMap(section -> mine(section).stream()).toList(),
                                model.getOrDefault(id, ""),
                                group.isEmpty() ? "" : note(group.getFirst().id()))));
        return parts;
    }

    private String title(String id, List<Section> group) {
        return switch (id) {
            case "numbers" -> "Numbers";
            case "budget" -> "Budget";
            default -> group.isEmpty() ? id : group.getFirst().title();
        };
    }

    /// A design's questions belong to its numbers, each of a war room's stands for itself.
    private String partOf(Section section) {
        return switch (section.input()) {
            case NUMBER, TIME, WORDS -> design() ? "numbers" : name(section);
            case BUDGET -> "budget";
            case TEXT -> name(section);
        };
    }

    /// `skeleton` of `text/skeleton`.
    private static String name(Section section) {
        return section.id().substring(section.id().indexOf('/') + 1);
    }

    private Optional<Mine> mine(Section section) {
        Optional<Written> first = Optional.ofNullable(attempt.original().get(section.id()));
        Optional<Written> revised = Optional.ofNullable(attempt.revised().get(section.id()));
        if (first.isEmpty() && revised.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new Mine(
                        section.input() == Input.TEXT ? "" : section.title(),
                        first.map(Written::text).orElse(""),
                        first.flatMap(Written::certainty).orElse(0),
                        revised.map(Written::text).orElse("")));
    }

    private String note(String section) {
        return Optional.ofNullable(attempt.annotations().get(section))
                .map(Written::text)
                .orElse("");
    }

    /// What a field of the form holds: the revision where there is one.
    static Optional<Written> latest(ChallengeAttempt attempt, Section section) {
        return Optional.ofNullable(attempt.revised().get(section.id()))
                .or(() -> Optional.ofNullable(attempt.original().get(section.id())));
    }

    private List<Field> fields(Predicate<Section> wanted) {
        return brief().form().stream()
                .filter(wanted)
                .map(section -> {
                    Optional<Written> written = latest(attempt, section);
                    return new Field(
                            section,
                            written.map(Written::text).orElse(""),
                            written.flatMap(Written::certainty).orElse(0));
                })
                .toList();
    }
}
