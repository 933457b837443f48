package dev.touchstone.arena.practice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Answers as people write them, in `src/test/resources/answers`: not in the words of the content.
@DisplayName("A grade is fair and knows")
class FairGradesTest {
    private static final Practice CONTENT = Practice.builtIn();
    private static final Instant START = Instant.parse("2026-11-23T09:00:00Z");

    @ParameterizedTest(name = "{0}: at least {1}")
    @CsvSource({"llm, STAFF", "oc5, STAFF", "wr1, STAFF"})
    void a_good_answer_in_other_words(String challenge, Level least) throws IOException {
        EvidenceGrade grade = grade(challenge, saves(challenge + "-good"));
        assertThat(grade.fatal()).isEmpty();
        assertThat(grade.mistakes()).isEmpty();
        assertThat(grade.level())
                .as("%s; missing %s", grade.reasons(), missing(grade))
                .isGreaterThanOrEqualTo(least);
        assertThat(4 * grade.found())
                .as("missing %s", missing(grade))
                .isGreaterThanOrEqualTo(3 * grade.facts().size());
    }

    @ParameterizedTest(name = "{0}: at most {1}")
    @CsvSource({"llm, JUNIOR", "oc5, NONE", "wr1, NONE"})
    void a_weak_answer(String challenge, Level most) throws IOException {
        EvidenceGrade grade = grade(challenge, saves(challenge + "-weak"));
        assertThat(grade.level()).as("%s", grade.facts()).isLessThanOrEqualTo(most);
    }

    @Test
    void a_ladder_and_a_signal_in_plain_words() throws IOException {
        EvidenceGrade grade = grade("llm", saves("llm-good"));
        assertThat(quote(grade, "ladder")).contains("cap answers at 200 tokens");
        assertThat(quote(grade, "signal")).contains("KV pool occupancy");
        assertThat(quote(grade, "regions")).contains("second region costs");
        assertThat(quote(grade, "chunk-step")).contains("49.5 ms");
        assertThat(quote(grade, "host-tier")).contains("host memory");
    }

    @Test
    void a_plain_ratio_and_the_action_that_was_meant() throws IOException {
        EvidenceGrade grade = grade("oc5", saves("oc5-good"));
        assertThat(quote(grade, "predicted")).contains("0.8 x 14/20 = 0.56");
        assertThat(quote(grade, "rollback")).startsWith("Roll back to v11 first");
        assertThat(quote(grade, "verify")).contains("golden queries");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    llm | For a second region 'share the load' and 'costs no more' contradict each other.
                    llm | A second region that shares the load costs a whole extra copy.
                    oc1 | I hold the retraining that starts tonight and keep the alert on.
                    oc1 | Roll back the app release if need be, the model is fine.
                    oc2 | Let the upstream team know; the training is paused.
                    oc3 | Block the promotion first, then investigate the partition.
                    oc3 | The AUC looks fine, but its test set has the same hole.
                    oc4 | Mira debugs the variant on Monday.
                    oc5 | The index was built with v11, and now six replicas run v12.
                    oc5 | When the rollout is complete, recall is near zero.
                    oc5 | Pause and roll back v12.
                    oc6 | The batch job runs on another account.
                    oc6 | We push the profile team to go back, and a cap below 120 would starve ranking.
                    wr1 | GPU is flat, so the bottleneck is elsewhere.
                    wr1 | Hedging adds load while the GPU is flat.
                    wr2 | The cheapest probe is the norm by rank, then we resume.
                    wr3 | Roll back the model and the pipeline as a pair.
                    wr3 | Time spent is flat, which does not clear r31.
                    wr4 | The output length is not what changed.
                    """)
    void who_names_a_mistake_without_making_it(String challenge, String sentence) {
        EvidenceGrade grade = grade(challenge, last(challenge, sentence));
        assertThat(grade.mistakes()).isEmpty();
        assertThat(grade.fatal()).isEmpty();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    llm | A second region shares the load, so it costs nothing.
                    oc1 | Retrain now.
                    oc3 | First look at the data, then decide.
                    oc5 | We rebuild the index now.
                    oc6 | It is the batch job.
                    wr1 | Add more GPUs.
                    wr3 | Roll back the model and keep the pipeline.
                    """)
    void who_makes_one(String challenge, String sentence) {
        EvidenceGrade grade = grade(challenge, last(challenge, sentence));
        assertThat(grade.mistakes().size() + grade.fatal().size()).isPositive();
    }

    private static List<Move.Save> last(String challenge, String text) {
        String section = challenge.equals("llm") ? "text/evolution" : "text/prevention";
        return List.of(new Move.Save(section, text, Optional.empty()));
    }

    private static String quote(EvidenceGrade grade, String fact) {
        return grade.facts().stream()
                .filter(found -> found.id().equals(fact))
                .findFirst()
                .flatMap(EvidenceGrade.Fact::quote)
                .map(Quote::text)
                .orElse("nothing");
    }

    private static String missing(EvidenceGrade grade) {
        return grade.facts().stream()
                .filter(fact -> fact.quote().isEmpty())
                .map(EvidenceGrade.Fact::id)
                .toList()
                .toString();
    }

    private static EvidenceGrade grade(String challenge, List<Move.Save> answer) {
        Item item = Item.challenge(challenge.toUpperCase(Locale.ROOT));
        Attempt attempt =
                CONTENT.replay(List.of(CONTENT.start(item, 0, START, AttemptLimits.STANDARD)));
        for (Move.Save save : answer) {
            attempt = moved(attempt, save, START);
        }
        Map<String, Level> self = new HashMap<>();
        ((ChallengeAttempt) attempt)
                .brief()
                .rubric()
                .forEach(row -> self.put(row.id(), Level.NONE));
        Instant later = START.plus(Duration.ofHours(1));
        attempt = moved(attempt, new Move.OpenAnswer(), later);
        attempt = moved(attempt, new Move.SelfGrade(self), later);
        return ((ChallengeAttempt) attempt).evidence().orElseThrow();
    }

    private static Attempt moved(Attempt attempt, Move move, Instant at) {
        Decision decision = attempt.decide(move, at);
        assertThat(decision).isInstanceOf(Decision.Accepted.class);
        return attempt.apply(((Decision.Accepted) decision).event());
    }

    /// The sections of a file, each below its id.
    private static List<Move.Save> saves(String answer) throws IOException {
        String file = Files.readString(Path.of("src/test/resources/answers", answer + ".txt"));
        return Stream.of(file.split("(?m)^## "))
                .filter(part -> !part.isBlank())
                .map(part -> part.split("\n", 2))
                .map(part -> new Move.Save(part[0].strip(), unwrapped(part[1]), Optional.empty()))
                .toList();
    }

    /// The files break their lines; people do not.
    private static String unwrapped(String text) {
        return text.strip().replace('\n', ' ');
    }
}
