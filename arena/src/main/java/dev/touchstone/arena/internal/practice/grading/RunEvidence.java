package dev.touchstone.arena.internal.practice.grading;

import dev.touchstone.arena.design.Breach;
import dev.touchstone.arena.design.DesignTrial;
import dev.touchstone.arena.design.TrialResult;
import dev.touchstone.arena.internal.practice.Criteria.Ran;
import dev.touchstone.arena.internal.practice.text.Amount;
import dev.touchstone.arena.internal.practice.text.Terms;
import dev.touchstone.arena.practice.Quote;
import dev.touchstone.arena.practice.TriedDesign;
import dev.touchstone.capacity.Quantity;
import dev.touchstone.capacity.Unit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// Holds what was written against a design that was run.
///
/// @param number of the design among those that were run, from 1
/// @param of how many
/// @param written where the answer gives its number of GPUs
record RunEvidence(TriedDesign held, int number, int of, Answer answer, Optional<Quote> written) {
    private static final Unit GPUS = Unit.of("GPU");
    private static final Unit COST = Unit.of("$/1M tokens");

    /// A count is the same or another.
    private static final double SAME = 1e-6;

    /// Written costs are those of a mean over the day, the run's those of the peak.
    private static final double NEAR_COST = 0.3;

    /// The last design whose number of GPUs the answer gives, or else the last; empty when none was
    /// run.
    static Optional<RunEvidence> of(List<TriedDesign> designs, Answer answer) {
        for (int i = designs.size() - 1; i >= 0; i--) {
            Optional<Quote> written = gpus(designs.get(i), answer);
            if (written.isPresent()) {
                return Optional.of(
                        new RunEvidence(designs.get(i), i + 1, designs.size(), answer, written));
            }
        }
        return designs.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new RunEvidence(
                                designs.getLast(),
                                designs.size(),
                                designs.size(),
                                answer,
                                Optional.empty()));
    }

    private static Optional<Quote> gpus(TriedDesign tried, Answer answer) {
        int count = tried.design().gpus();
        var amount = new Amount(Quantity.of(count, GPUS), GPUS, SAME);
        // By their name they are no quantity: 23 H100s, 23 H100 GPUs.
        var named =
                new Terms(
                        List.of(
                                Stream.of("%d H100", "%d x H100", "%d× H100", "%d × H100")
                                        .map(form -> form.formatted(count))
                                        .toList()));
        return answer.find(amount, Optional.empty()).or(() -> answer.find(named));
    }

    /// What the fact rests on; empty when it does not hold.
    Optional<Quote> find(Ran asked) {
        TrialResult result = held.atLoad();
        return switch (asked) {
            case GPUS -> written;
            case PROMISE -> Optional.of(quote()).filter(_ -> result.kept());
            case COST ->
                    result.dollarsPerMillionTokens() > DesignTrial.MOST_DOLLARS
                            ? Optional.empty()
                            : answer.find(
                                    new Amount(
                                            Quantity.of(result.dollarsPerMillionTokens(), COST),
                                            COST,
                                            NEAR_COST),
                                    Optional.empty());
        };
    }

    private Quote quote() {
        String text = figures();
        return new Quote("design/" + number, 0, text.length(), text);
    }

    private String figures() {
        TrialResult result = held.atLoad();
        return String.format(
                Locale.ROOT,
                "run with %d GPUs: first token %.0f ms, then %.0f ms a token at p95, $%.3f a million",
                held.design().gpus(),
                1e3 * result.ttftP95Seconds(),
                1e3 * result.tpotP95Seconds(),
                result.dollarsPerMillionTokens());
    }

    /// Which design was taken and what came of it, in a sentence.
    String reason() {
        String which =
                of == 1
                        ? "The design that was run, %d GPUs,".formatted(held.design().gpus())
                        : "Of %d designs that were run, number %d, %d GPUs,"
                                .formatted(of, number, held.design().gpus());
        String written =
                this.written.isPresent()
                        ? "is the one you wrote down"
                        : "is not the fleet you wrote down";
        return "%s %s; under the challenge's load it %s."
                .formatted(
                        which,
                        written,
                        held.atLoad().kept()
                                ? "keeps the promise"
                                : "breaks the promise"
                                        + held.atLoad().first().map(RunEvidence::broke).orElse(""));
    }

    private static String broke(Breach breach) {
        return switch (breach.kind()) {
            case TTFT -> ", first tokens first";
            case TPOT -> ", time per token first";
            case QUEUE -> ", with more waiting than running";
            case MEMORY -> ", its cache full";
            case LOST -> ", and users leave without an answer";
            case SHORTENED -> ", and answers are cut short";
            case COST -> ", and costs too much";
        };
    }
}
