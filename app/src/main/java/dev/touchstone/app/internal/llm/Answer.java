package dev.touchstone.app.internal.llm;

import dev.touchstone.llm.Admission;
import dev.touchstone.llm.text.Generation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// What comes of a question, in order. The engine's thread tells it, one other thread hears it; it
/// never holds more than the question asked for.
final class Answer {
    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();

    /// One thing that happened. After a refusal or a failure nothing more does, nor after every
    /// choice has finished.
    sealed interface Event {}

    /// The engine takes the question.
    record Accepted() implements Event {}

    /// The engine does not take it.
    ///
    /// @param retryNanos when to try again; 0 for never
    record Refused(Admission.Cause cause, String reason, long retryNanos) implements Event {}

    /// More of an answer.
    ///
    /// @param text what can be shown; may be empty
    /// @param tokens what is reported about the tokens of that text, if it was asked for
    record Text(int choice, String text, List<Generation.Drawn> tokens) implements Event {
        Text {
            tokens = List.copyOf(tokens);
        }
    }

    /// One choice is complete.
    ///
    /// @param cachedTokens prompt tokens that need not be computed
    record Finished(int choice, Finish finish, int answerTokens, int cachedTokens)
            implements Event {}

    /// The engine lost it.
    record Failed(String reason) implements Event {}

    /// It was not done by its deadline.
    record Expired() implements Event {}

    /// Why an answer ended.
    enum Finish {
        /// The model was done, or a stop text came.
        STOP,
        /// It is as long as it may be.
        LENGTH
    }

    void tell(Event event) {
        events.add(event);
    }

    /// The next event, if one comes in time.
    Optional<Event> next(Duration patience) throws InterruptedException {
        return Optional.ofNullable(events.poll(patience.toNanos(), TimeUnit.NANOSECONDS));
    }

    /// The next event, if it is there already.
    Optional<Event> next() {
        return Optional.ofNullable(events.poll());
    }
}
