package dev.touchstone.llm.text;

import dev.touchstone.llm.Executor;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.ModelSpec;
import java.util.List;
import java.util.function.LongFunction;

/// A model whose weights are here: it reads tokens and says which come next.
public interface LanguageModel {
    /// Its shape; the name is what clients call it by.
    ModelSpec spec();

    /// Most tokens of prompt and answer together.
    int contextTokens();

    Tokenizer tokenizer();

    /// A conversation as the model was taught to read it, up to where its own answer begins.
    int[] chatPrompt(List<ChatMessage> messages);

    /// A text to go on with, as the model was taught to read one: behind the token that begins
    /// every text, if it has such a token.
    default int[] textPrompt(String text) {
        return tokenizer().encode(text);
    }

    /// Most drafts that its executor has for one sequence and step; 0 when it does not speculate.
    /// For [dev.touchstone.llm.SchedulerConfig.Speculation].
    default int maxDrafts() {
        return 0;
    }

    /// Bytes of a token in the cache of its executor, with what speculation needs beside the keys
    /// and values of the model itself.
    default long cacheBytesPerToken() {
        return spec().kvBytesPerToken();
    }

    /// An executor with a KV cache of its own. In each step it draws a token for every sequence
    /// that then has nothing left to compute, appends it to the generation of that request, and
    /// marks in the step those whose answer ends there. If it speculates it may append several.
    ///
    /// @param generations the generation behind a request's id
    Executor executor(KvCacheLayout layout, LongFunction<Generation> generations);
}
