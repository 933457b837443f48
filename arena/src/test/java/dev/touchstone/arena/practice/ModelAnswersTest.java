package dev.touchstone.arena.practice;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The grader read against the content: what we call a good answer has to be graded as one.
/// `-Dtest.content=DIR` checks another directory.
@DisplayName("The content that ships")
class ModelAnswersTest {
    private static final Practice CONTENT =
            Practice.load(
                    Path.of(
                            System.getProperty(
                                    "test.content",
                                    "src/main/resources/dev/touchstone/arena/practice")));

    private static final Instant START = Instant.parse("2026-11-23T09:00:00Z");

    @TestFactory
    @DisplayName("has model answers that are graded staff or better, with nothing fatal in them")
    Stream<DynamicTest> challenges() {
        return CONTENT.challenges().stream()
                .map(brief ->
                        DynamicTest.dynamicTest(
                                brief.id(),
                                () -> {
                                    EvidenceGrade grade = grade(brief);
                                    assertThat(grade.fatal()).isEmpty();
                                    assertThat(grade.mistakes()).isEmpty();
                                    assertThat(grade.level())
                                            .as("%s", grade.reasons())
                                            .isGreaterThanOrEqualTo(Level.STAFF);
                                    assertThat(3 * grade.found())
                                            .as(
                                                    "%d of %d facts",
                                                    grade.found(), grade.facts().size())
                                            .isGreaterThanOrEqualTo(2 * grade.facts().size());
                                }));
    }

    @TestFactory
    @DisplayName("has errors whose correction passes as an answer")
    Stream<DynamicTest> errata() {
        return CONTENT.errata().stream()
                .map(face ->
                        DynamicTest.dynamicTest(
                                face.item().id(),
                                () -> {
                                    var turned = (CardAttempt) play(face.item(), new Move.GiveUp());
                                    String right = turned.back().orElseThrow().answer();
                                    var checked =
                                            (CardAttempt)
                                                    play(
                                                            face.item(),
                                                            new Move.Answer(
                                                                    right, Optional.empty()),
                                                            new Move.OpenAnswer());
                                    Check check = checked.check().orElseThrow();
                                    assertThat(check.isRight()).as(check.reason()).isTrue();
                                }));
    }

    @TestFactory
    @DisplayName("grades nobody staff for repeating the brief or for answering something else")
    Stream<DynamicTest> others() {
        List<Brief> briefs = CONTENT.challenges();
        return briefs.stream()
                .map(brief ->
                        DynamicTest.dynamicTest(
                                brief.id(),
                                () -> {
                                    String brought = brief.scenario() + "\n" + brief.constraints();
                                    assertThat(grade(brief, List.of(brought)).level())
                                            .isLessThan(Level.SENIOR);
                                    for (Brief other : briefs) {
                                        if (!other.id().equals(brief.id())) {
                                            assertThat(grade(brief, texts(other)).level())
                                                    .as("answered as %s", other.id())
                                                    .isLessThan(Level.STAFF);
                                        }
                                    }
                                }));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "LLM, ladder",
        "OC1, two-stories",
        "WR3, five",
        "WR3, skew",
        "WR4, onset",
        "WR4, mean-fell"
    })
    @DisplayName("has model answers that say in one place what takes several words")
    void facts_of_several_words(String challenge, String fact) {
        assertThat(grade(CONTENT.challenge(challenge).orElseThrow()).facts())
                .filteredOn(found -> found.id().equals(fact))
                .allMatch(found -> found.quote().isPresent())
                .hasSize(1);
    }

    private static List<String> texts(Brief brief) {
        return solution(brief).parts().stream().map(Solution.Part::text).toList();
    }

    /// The grade of texts written where prose stands, one after the other.
    private static EvidenceGrade grade(Brief brief, List<String> texts) {
        List<Brief.Section> prose =
                brief.form().stream()
                        .filter(section -> section.input() == Brief.Input.TEXT)
                        .toList();
        Map<String, String> written = new HashMap<>();
        for (int i = 0; i < texts.size(); i++) {
            written.merge(prose.get(i % prose.size()).id(), texts.get(i), (a, b) -> a + "\n\n" + b);
        }
        return graded(brief, written);
    }

    private static EvidenceGrade grade(Brief brief) {
        Map<String, String> written = new HashMap<>();
        for (Solution.Part part : solution(brief).parts()) {
            written.put(section(brief, part.id()), part.text());
        }
        return graded(brief, written);
    }

    private static Solution solution(Brief brief) {
        var opened =
                (ChallengeAttempt) play(brief.item(), new Move.GiveUp(), new Move.OpenAnswer());
        return opened.solution().orElseThrow();
    }

    private static EvidenceGrade graded(Brief brief, Map<String, String> written) {
        List<Move> moves = new ArrayList<>();
        written.forEach(
                (section, text) -> moves.add(new Move.Save(section, text, Optional.empty())));
        Map<String, Level> self = new HashMap<>();
        brief.rubric().forEach(row -> self.put(row.id(), Level.STAFF));
        moves.add(new Move.OpenAnswer());
        moves.add(new Move.SelfGrade(self));
        var graded = (ChallengeAttempt) play(brief.item(), moves.toArray(Move[]::new));
        return graded.evidence().orElseThrow();
    }

    /// Where a part is written; the form has rows instead of a text for the budget, so that is put
    /// where nothing else is.
    private static String section(Brief brief, String part) {
        for (String id : List.of("text/" + part, "question/" + part)) {
            if (brief.section(id).isPresent()) {
                return id;
            }
        }
        return brief.form().getFirst().id();
    }

    /// All moves at once, the last two after the deadline.
    private static Attempt play(Item item, Move... moves) {
        Attempt attempt =
                CONTENT.replay(List.of(CONTENT.start(item, 0, START, AttemptLimits.STANDARD)));
        Instant now = START;
        for (Move move : moves) {
            if (move instanceof Move.OpenAnswer && item.kind() == Item.Kind.CHALLENGE) {
                now = START.plus(Duration.ofHours(1));
            }
            Decision decision = attempt.decide(move, now);
            assertThat(decision).isInstanceOf(Decision.Accepted.class);
            attempt = attempt.apply(((Decision.Accepted) decision).event());
        }
        return attempt;
    }
}
