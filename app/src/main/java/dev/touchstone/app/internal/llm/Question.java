package dev.touchstone.app.internal.llm;

import dev.touchstone.llm.Request;
import dev.touchstone.llm.text.Sampling;
import java.util.List;

/// What a client asks of the model.
///
/// @param prompt its tokens
/// @param choices answers wanted, each drawn with a seed of its own
/// @param maxTokens most tokens of one answer
/// @param stops texts that end an answer, at most [#MAX_STOPS]
/// @param account whose tokens these are
/// @param terms how urgent it is
@SuppressWarnings("ArrayRecordComponent") // made by one thread, read by one other
record Question(
        int[] prompt,
        int choices,
        int maxTokens,
        List<String> stops,
        Sampling sampling,
        Account account,
        Request.Terms terms) {
    static final int MAX_STOPS = 4;

    Question {
        stops = List.copyOf(stops);
    }

    /// How the answer with this index is drawn: the first with the seed that was asked for.
    Sampling sampling(int choice) {
        return choice == 0
                ? sampling
                : new Sampling(
                        sampling.temperature(),
                        sampling.topP(),
                        sampling.seed() + choice,
                        sampling.topLogprobs());
    }

    /// Whose tokens are counted together.
    ///
    /// @param key the name of the key that was shown; empty where none is asked for
    /// @param session the conversation, as the client names it; empty if it does not
    record Account(String key, String session) {
        /// A key's sessions of which there is no account any more.
        private static final String EARLIER = "(earlier)";

        /// On which this session's use is kept when its account is given up.
        Account ofItsKey() {
            return new Account(key, EARLIER);
        }
    }
}
