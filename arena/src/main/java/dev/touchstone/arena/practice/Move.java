package dev.touchstone.arena.practice;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.touchstone.arena.design.FleetDesign;
import dev.touchstone.arena.design.TrialResult;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What a person does in an attempt. An accepted move and its time are an [Event].
///
/// The JSON form is the record's components plus `"do"`, the move's name: `{"do": "save",
/// "section": "text/skeleton", "text": "…"}`.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "do")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Move.Start.class, name = "start"),
    @JsonSubTypes.Type(value = Move.Save.class, name = "save"),
    @JsonSubTypes.Type(value = Move.Submit.class, name = "submit"),
    @JsonSubTypes.Type(value = Move.GiveUp.class, name = "give-up"),
    @JsonSubTypes.Type(value = Move.OpenHint.class, name = "open-hint"),
    @JsonSubTypes.Type(value = Move.OpenAnswer.class, name = "open-answer"),
    @JsonSubTypes.Type(value = Move.Annotate.class, name = "annotate"),
    @JsonSubTypes.Type(value = Move.SelfGrade.class, name = "self-grade"),
    @JsonSubTypes.Type(value = Move.Reflect.class, name = "reflect"),
    @JsonSubTypes.Type(value = Move.TryDesign.class, name = "try-design"),
    @JsonSubTypes.Type(value = Move.Answer.class, name = "answer"),
    @JsonSubTypes.Type(value = Move.Rate.class, name = "rate"),
})
public sealed interface Move {
    /// Begins: the first event of every attempt, and only that.
    ///
    /// @param seed which numbers a drill has; 0 for everything else
    /// @param time until the deadline; zero where there is none
    /// @param revision time to revise after the first hint
    /// @param tries answers that are judged; 0 where that is not limited
    record Start(Item item, long seed, Duration time, Duration revision, int tries)
            implements Move {
        private static final Duration LONGEST = Duration.ofDays(1);

        /// Rejects times beyond all [AttemptLimits].
        public Start {
            if (time.isNegative()
                    || revision.isNegative()
                    || time.compareTo(LONGEST) > 0
                    || revision.compareTo(LONGEST) > 0
                    || tries < 0) {
                throw new IllegalArgumentException(
                        "an attempt lasts up to %s and has no negative number of tries, got %s, %s and %d"
                                .formatted(LONGEST, time, revision, tries));
            }
        }
    }

    /// Stores the text of a section of a challenge's form, in place of what was there. Accepted
    /// until the answer is submitted or the deadline has passed, and once more after the first
    /// hint.
    ///
    /// @param certainty how sure a question's answer is: 1, 2 or 3
    record Save(String section, String text, Optional<Integer> certainty) implements Move {}

    /// Hands the answer in. Needs the questions attempted and something written.
    record Submit() implements Move {}

    /// Ends the attempt without an answer. Opens what submitting would; grades as no attempt.
    record GiveUp() implements Move {}

    /// Opens the next hint.
    record OpenHint() implements Move {}

    /// Opens the model answer, turns the card. What was written stays as it is from here on.
    record OpenAnswer() implements Move {}

    /// Stores a note on a section, beside what was written.
    record Annotate(String section, String text) implements Move {}

    /// Grades oneself, every dimension of the rubric.
    ///
    /// @param levels by id of the dimension
    record SelfGrade(Map<String, Level> levels) implements Move {
        public SelfGrade {
            levels = Map.copyOf(levels);
        }

        @Override
        public String toString() {
            return "SelfGrade" + new TreeMap<>(levels);
        }
    }

    /// Says in one sentence what was missed and why; ends a challenge.
    record Reflect(String sentence) implements Move {}

    /// Keeps what a design of a challenge's fleet came to when it was run. Whoever runs it makes
    /// this move, never the person, so that nobody keeps what did not come of a run. Accepted at
    /// any time until the attempt is finished; evidence until the model answer is open.
    ///
    /// @param results under [dev.touchstone.arena.design.DesignTrial#TIMES] the load
    record TryDesign(FleetDesign design, List<TrialResult> results) implements Move {
        public TryDesign {
            results = List.copyOf(results);
        }
    }

    /// Answers a drill or a card.
    ///
    /// @param certainty how sure it is: 1, 2 or 3
    record Answer(String text, Optional<Integer> certainty) implements Move {}

    /// Says how well a turned card was known; ends it.
    record Rate(Rating rating) implements Move {}
}
