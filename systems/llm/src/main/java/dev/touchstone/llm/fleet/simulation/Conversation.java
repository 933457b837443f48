package dev.touchstone.llm.fleet.simulation;

/// How users talk. A prompt is the system prompt, the document that the conversation is about if
/// there is one, all that was said before, and a new message; see [#meanPromptTokens].
///
/// @param systemTokens of the system prompt
/// @param sharedShare share of conversations that have the same system prompt; the others have one
///   of their own
/// @param messageTokens mean of a user's message
/// @param messageSigma its spread, the standard deviation of its logarithm
/// @param answerTokens mean of an answer
/// @param answerSigma its spread
/// @param turns requests of a conversation, and how they are spread
/// @param documents what conversations are about
/// @param contextTokens a conversation that would grow beyond it begins anew
public record Conversation(
        int systemTokens,
        double sharedShare,
        double messageTokens,
        double messageSigma,
        double answerTokens,
        double answerSigma,
        Turns turns,
        Documents documents,
        int contextTokens) {
    /// 1,500 prompt and 400 answer tokens on average, 500 of them shared by 80 %.
    public static final Conversation COURSE =
            new Conversation(500, 0.8, 300, 0.8, 400, 0.6, Turns.alike(2), Documents.NONE, 16_384);

    /// Conversations about long documents as in the one-hour conversation trace that Mooncake's
    /// authors published: one system prompt for all, openings of 10,250 tokens, half of them below
    /// 4,800, short answers, few conversations of many turns, and a sixth about something that
    /// others ask about, too.
    public static final Conversation MOONCAKE =
            new Conversation(
                    512,
                    1,
                    1_250,
                    2.4,
                    343,
                    1.1,
                    new Turns(1.49, 4.6),
                    new Documents(9_000, 1.3, 0.16, 800, 0.3),
                    131_072);

    public Conversation {
        if (systemTokens < 0 || contextTokens < systemTokens + 3) {
            throw new IllegalArgumentException(
                    "contextTokens must have room for more than the system prompt, got %d and %d"
                            .formatted(contextTokens, systemTokens));
        }
        if (!(messageTokens >= 1 && answerTokens >= 1)) {
            throw new IllegalArgumentException(
                    "messageTokens and answerTokens must be at least 1, got %s and %s"
                            .formatted(messageTokens, answerTokens));
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

    /// How many requests a conversation has.
    ///
    /// @param mean over conversations
    /// @param likeness how alike users are. Each has a chance of their own to go on after an
    ///   answer, drawn from a Beta distribution whose two parameters add up to this: infinite when
    ///   all have the same, small when few have long conversations
    public record Turns(double mean, double likeness) {
        public Turns {
            if (!(mean >= 1)) {
                throw new IllegalArgumentException("turns must be at least 1, got " + mean);
            }
            if (!(likeness > 1 + mean)) {
                throw new IllegalArgumentException(
                        ("likeness must exceed the mean number of turns by more than 1, or"
                                        + " conversations never end; got %s for %s turns")
                                .formatted(likeness, mean));
            }
        }

        /// All users with the same chance to go on.
        public static Turns alike(double mean) {
            return new Turns(mean, Double.POSITIVE_INFINITY);
        }

        /// Whether a number drawn evenly from 0 to 1 ends a conversation after its `turn`th
        /// request.
        boolean ends(double drawn, int turn) {
            return Double.isInfinite(likeness)
                    ? drawn * mean < 1
                    : drawn * (likeness + turn - 1) < stopping();
        }

        /// The same for a conversation that is met at a random moment: whether it is in its
        /// `turn`th.
        boolean isMetAt(double drawn, int turn) {
            return Double.isInfinite(likeness)
                    ? drawn * mean < 1
                    : drawn * (likeness + turn - 2) < stopping() - 1;
        }

        /// Of the two parameters the one for ending; the mean of the distribution is then `mean`.
        private double stopping() {
            return 1 + (likeness - 1) / mean;
        }
    }

    /// What conversations are about: a text at the beginning of each, after the system prompt.
    ///
    /// @param tokens mean length; 0 for none
    /// @param sigma its spread
    /// @param libraryShare share of conversations whose text is from a library; the others have one
    ///   of their own
    /// @param library texts in it
    /// @param exponent of Zipf's law, by which they are chosen: 0 for all alike, 1 for a few that
    ///   everyone reads
    public record Documents(
            double tokens, double sigma, double libraryShare, int library, double exponent) {
        /// Conversations about nothing.
        public static final Documents NONE = new Documents(0, 0, 0, 1, 0);

        public Documents {
            if (!(tokens >= 0 && sigma >= 0 && sigma <= 3)) {
                throw new IllegalArgumentException(
                        "tokens must be at least 0 and sigma from 0 to 3, got %s and %s"
                                .formatted(tokens, sigma));
            }
            if (!(libraryShare >= 0 && libraryShare <= 1)) {
                throw new IllegalArgumentException(
                        "libraryShare must be from 0 to 1, got " + libraryShare);
            }
            if (library < 1 || library > 10_000_000 || !(exponent >= 0 && exponent <= 5)) {
                throw new IllegalArgumentException(
                        ("library must have from 1 to 10 million texts and exponent be from 0 to 5,"
                                        + " got %d and %s")
                                .formatted(library, exponent));
            }
        }
    }

    /// Mean prompt length, as far as `contextTokens` cuts nothing off: `systemTokens + documents +
    /// messageTokens + h · (messageTokens + answerTokens)`, with `h` the requests of its
    /// conversation that a request has before it, on average.
    public double meanPromptTokens() {
        return systemTokens
                + documents.tokens
                + messageTokens
                + turnsBefore() * (messageTokens + answerTokens);
    }

    /// `E[T (T - 1)] / 2 E[T]` of the Beta-geometric distribution.
    private double turnsBefore() {
        return Double.isInfinite(turns.likeness)
                ? turns.mean - 1
                : (turns.likeness - turns.stopping()) / (turns.stopping() - 2);
    }

    /// The same conversations with prompts and answers of other mean lengths: messages take up what
    /// the rest leaves.
    public Conversation withMeans(double promptTokens, double otherAnswerTokens) {
        double before = turnsBefore();
        double message =
                (promptTokens - systemTokens - documents.tokens - before * otherAnswerTokens)
                        / (1 + before);
        if (!(message >= 1)) {
            throw new IllegalArgumentException(
                    ("a mean prompt of %.0f tokens leaves no room for messages beside a system prompt"
                                    + " of %d, documents of %.0f and %.1f turns with answers of %.0f;"
                                    + " lower one of these")
                            .formatted(
                                    promptTokens,
                                    systemTokens,
                                    documents.tokens,
                                    turns.mean,
                                    otherAnswerTokens));
        }
        return new Conversation(
                systemTokens,
                sharedShare,
                message,
                messageSigma,
                otherAnswerTokens,
                answerSigma,
                turns,
                documents,
                contextTokens);
    }
}
