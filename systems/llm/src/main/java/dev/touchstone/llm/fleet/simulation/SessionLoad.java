package dev.touchstone.llm.fleet.simulation;

import java.time.Duration;

/// Users in conversation: each waits for an answer, thinks, and asks again.
///
/// @param sessions users, each with one conversation at a time
/// @param requestsPerHour of one user, on average over a day
/// @param peak how much more often they ask in the busiest hour
/// @param duration simulated time, the day's busiest moment in its middle; from a day on, days
/// @param conversation what they ask and get
/// @param lowPriorityShare share of requests that may be shed first
public record SessionLoad(
        int sessions,
        double requestsPerHour,
        double peak,
        Duration duration,
        Conversation conversation,
        double lowPriorityShare)
        implements Load {
    /// Sessions in one simulation.
    public static final int MAX_SESSIONS = 5_000_000;

    /// 50,000 users, 4 requests an hour each, three times as many at the peak: 167 requests/s.
    public static final SessionLoad COURSE =
            new SessionLoad(50_000, 4, 3, Duration.ofHours(1), Conversation.COURSE, 0.2);

    public SessionLoad {
        if (sessions < 1 || sessions > MAX_SESSIONS) {
            throw new IllegalArgumentException(
                    "sessions must be from 1 to %d, got %d".formatted(MAX_SESSIONS, sessions));
        }
        if (!(requestsPerHour > 0) || requestsPerHour > 3_600) {
            throw new IllegalArgumentException(
                    "requestsPerHour must be above 0 and at most 3600, got " + requestsPerHour);
        }
        if (!(peak >= 1 && peak <= DailyCurve.MAX_PEAK)) {
            throw new IllegalArgumentException(
                    "peak must be from 1 (every hour alike) to %s, got %s"
                            .formatted(DailyCurve.MAX_PEAK, peak));
        }
        if (!duration.isPositive() || duration.toDays() > 31) {
            throw new IllegalArgumentException(
                    "duration must be above zero and at most 31 days, got " + duration);
        }
        if (!(lowPriorityShare >= 0 && lowPriorityShare <= 1)) {
            throw new IllegalArgumentException(
                    "lowPriorityShare must be from 0 to 1, got " + lowPriorityShare);
        }
    }

    @Override
    public Duration span() {
        return duration;
    }

    /// Requests a second in the busiest moment.
    public double peakRequestsPerSecond() {
        return sessions * requestsPerHour * peak / 3_600;
    }

    public SessionLoad with(Duration other) {
        return new SessionLoad(
                sessions, requestsPerHour, peak, other, conversation, lowPriorityShare);
    }

    public SessionLoad with(Conversation other) {
        return new SessionLoad(sessions, requestsPerHour, peak, duration, other, lowPriorityShare);
    }

    /// The same users, all asking so many times as often.
    public SessionLoad times(double factor) {
        return new SessionLoad(
                sessions, requestsPerHour * factor, peak, duration, conversation, lowPriorityShare);
    }

    /// How conversations go. A prompt is the system prompt, all that was said in the conversation
    /// before, and a new message; its mean length is `systemTokens + messageTokens + (turns - 1) ·
    /// (messageTokens + answerTokens)`.
    ///
    /// @param systemTokens of the system prompt
    /// @param sharedShare share of conversations that have the same system prompt; the others have
    ///   one of their own
    /// @param messageTokens mean of a user's message
    /// @param messageSigma its spread, the standard deviation of its logarithm
    /// @param answerTokens mean of an answer
    /// @param answerSigma its spread
    /// @param turns mean number of requests before a user begins anew
    /// @param contextTokens a conversation that would grow beyond it begins anew
    public record Conversation(
            int systemTokens,
            double sharedShare,
            double messageTokens,
            double messageSigma,
            double answerTokens,
            double answerSigma,
            double turns,
            int contextTokens) {
        /// 1,500 prompt and 400 answer tokens on average, 500 of them shared by 80 %.
        public static final Conversation COURSE =
                new Conversation(500, 0.8, 300, 0.8, 400, 0.6, 2, 16_384);

        public Conversation {
            if (systemTokens < 0 || contextTokens < systemTokens + 2) {
                throw new IllegalArgumentException(
                        "contextTokens must have room for more than the system prompt, got %d and %d"
                                .formatted(contextTokens, systemTokens));
            }
            if (!(messageTokens >= 1 && answerTokens >= 1 && turns >= 1)) {
                throw new IllegalArgumentException(
                        "messageTokens, answerTokens and turns must be at least 1, got %s, %s, %s"
                                .formatted(messageTokens, answerTokens, turns));
            }
            if (!(messageSigma >= 0 && answerSigma >= 0 && messageSigma <= 3 && answerSigma <= 3)) {
                throw new IllegalArgumentException(
                        "spreads must be from 0 to 3, got %s and %s"
                                .formatted(messageSigma, answerSigma));
            }
            if (!(sharedShare >= 0 && sharedShare <= 1)) {
                throw new IllegalArgumentException(
                        "sharedShare must be from 0 to 1, got " + sharedShare);
            }
        }

        /// Mean prompt length.
        public double meanPromptTokens() {
            return systemTokens + messageTokens + (turns - 1) * (messageTokens + answerTokens);
        }

        /// The same conversations with prompts and answers of other mean lengths: messages take up
        /// what the rest leaves.
        public Conversation withMeans(double promptTokens, double otherAnswerTokens) {
            double message =
                    (promptTokens - systemTokens - (turns - 1) * otherAnswerTokens) / turns;
            if (message < 1) {
                throw new IllegalArgumentException(
                        ("a mean prompt of %.0f tokens leaves no room for messages beside a system"
                                        + " prompt of %d and %.1f turns with answers of %.0f; lower"
                                        + " one of these")
                                .formatted(promptTokens, systemTokens, turns, otherAnswerTokens));
            }
            return new Conversation(
                    systemTokens,
                    sharedShare,
                    message,
                    messageSigma,
                    otherAnswerTokens,
                    answerSigma,
                    turns,
                    contextTokens);
        }
    }
}
