package dev.touchstone.llm;

/// The chained hashes of a prompt's full cache blocks: equal hashes mean equal tokens from the
/// prompt's start up to and including that block. [PrefixHasher] makes them from tokens.
@FunctionalInterface
public interface PrefixHashes {
    /// The hash of a block that is not shared; a prompt whose first block has it shares nothing.
    long NOT_SHARED = 0;

    /// A prompt that shares nothing.
    PrefixHashes NONE = _ -> NOT_SHARED;

    /// Hash of the block with this index, counted from the prompt's start.
    long block(int index);

    /// Whether [#block] also knows the blocks that fill with answer tokens, as soon as those tokens
    /// are out. Then the answer can be shared too: by the conversation's next prompt, which
    /// contains it, and by the sequence itself when it was preempted.
    default boolean coversAnswer() {
        return false;
    }
}
