package dev.touchstone.arena.practice;

import java.util.List;
import java.util.Optional;

/// What a written answer shows, fact by fact: no opinion, no language model, the same text always
/// gets the same grade. A number counts when it is right within its tolerance, in any fitting unit;
/// words count when every group of them is met within three sentences. Sentences copied from the
/// brief count for nothing, nor do the rows of the budget. Prose that was revised is read together
/// with what stood there first.
///
/// Where a design was run before the model answer was open, facts about the run count as well: the
/// last design whose number of GPUs the answer gives, or else the last, is held against what was
/// written and what is promised. Where none was, those facts are left out: running is no duty.
///
/// The level comes from five questions. Which column is closest: the mean of the dimensions'
/// levels, rounded to the nearest, halves down. Is there a correct objection to the brief; that
/// lifts it by one column. Is there a failure mode with its mitigation, and is there a cost to the
/// organisation; without either it is senior at most. Is there a derived number; without one it is
/// junior at most. A fatal action makes it junior at most, too, whatever else is there.
///
/// @param level of the whole answer
/// @param reasons how the level came about, a sentence each
/// @param facts in the order of the file
/// @param questions the numbers-first questions, in the order of the form
/// @param fatal fatal actions that the answer takes
/// @param mistakes common mistakes that the answer makes
/// @param certainty points of all questions together
public record EvidenceGrade(
        Level level,
        List<String> reasons,
        List<DimensionGrade> dimensions,
        List<Fact> facts,
        List<Check> questions,
        Optional<Sum> budget,
        List<Slip> fatal,
        List<Slip> mistakes,
        int certainty) {
    public EvidenceGrade {
        reasons = List.copyOf(reasons);
        dimensions = List.copyOf(dimensions);
        facts = List.copyOf(facts);
        questions = List.copyOf(questions);
        fatal = List.copyOf(fatal);
        mistakes = List.copyOf(mistakes);
    }

    /// How many facts were found.
    public int found() {
        return (int) facts.stream().filter(fact -> fact.quote().isPresent()).count();
    }

    /// A dimension by its facts: the highest level of which at least one fact was found, and at
    /// least half of all facts up to it. With all its facts found it is principal, whatever level
    /// they speak for, so that no dimension has a lower ceiling than another.
    ///
    /// @param self what the person said
    public record DimensionGrade(
            String id, String title, Level self, Level evidence, int found, int facts) {
        /// Columns by which the self-grade is above the evidence; negative when below.
        public int gap() {
            return self.column() - evidence.column();
        }
    }

    /// Something that a good answer says.
    ///
    /// @param level which it speaks for
    /// @param what it is, figures filled in
    /// @param quote where it was found; empty when it is missing
    public record Fact(
            String id,
            String dimension,
            Level level,
            Optional<Asks> asks,
            String what,
            Optional<Quote> quote) {}

    /// What a fact is to the five questions.
    public enum Asks {
        /// A derived number.
        NUMBER,
        /// A failure mode with its mitigation.
        FAILURE,
        /// A cost to the organisation.
        COST,
        /// A correct objection to the brief.
        PUSHBACK
    }

    /// Something wrong that the answer says.
    public record Slip(String text, String because, Quote quote) {}

    /// The budget table, added up.
    ///
    /// @param total of the rows that can be read; empty when none can
    /// @param unreadable labels of the rows that are missing or no quantity in the unit
    /// @param fits whether all rows can be read and their sum is within the limit
    public record Sum(String total, String limit, List<String> unreadable, boolean fits) {
        public Sum {
            unreadable = List.copyOf(unreadable);
        }
    }
}
