package dev.touchstone.llm.text;

/// Turns text into a model's tokens and tokens back into the bytes of text.
public interface Tokenizer {
    /// Tokens there are; ids run from 0 to one less.
    int vocabulary();

    /// The tokens of a text as its author wrote it: what looks like a control token is plain text.
    int[] encode(String text);

    /// The UTF-8 bytes that a token adds to a text: possibly part of a character, none for a
    /// control token.
    byte[] bytes(int token);

    /// Whether a model that draws this token has finished its answer.
    boolean endsAnswer(int token);
}
