package dev.touchstone.llm;

/// How much of a waiting sequence's prompt is in the cache already: kept by its session, or shared
/// with the prompts of others.
///
/// [#find] looks and remembers what there is; [#take] gives it to the sequence, as long as nothing
/// else has happened to the pool in between.
final class PromptCache {
    private final KvBlockPool pool;
    private final SessionCache sessions;
    private final int blockTokens;
    private boolean keepsSessions;
    private boolean sharesPrefixes;

    /// Blocks that were found, and those of them that no one uses: taking them leaves fewer free.
    int foundBlocks;

    int foundFreeBlocks;

    /// Tokens that need not be computed, and those of them to be read back from host memory.
    int foundTokens;

    int foundHostTokens;

    PromptCache(KvBlockPool pool, SessionCache sessions) {
        this.pool = pool;
        this.sessions = sessions;
        this.blockTokens = pool.layout().blockTokens();
    }

    void reconfigure(boolean keepSessions, boolean sharePrefixes) {
        keepsSessions = keepSessions;
        sharesPrefixes = sharePrefixes;
    }

    void find(Sequence sequence) {
        foundBlocks = 0;
        foundFreeBlocks = 0;
        foundTokens = 0;
        foundHostTokens = 0;
        if (usesSession(sequence)) {
            SessionCache.Session session = sequence.session;
            int shared = sequence.request().sessionTokens();
            foundBlocks = session.blocks.length;
            foundHostTokens = Math.min(session.hostTokens, shared);
            foundTokens = Math.max(foundHostTokens, Math.min(session.tokens, shared));
        } else if (sharesPrefixes) {
            Request request = sequence.request();
            // The prompt's last token is always computed anew, for the answer to follow from.
            int limit = (Math.min(sequence.length, sequence.hashedTokens) - 1) / blockTokens;
            while (foundBlocks < limit) {
                int block = pool.find(request.prefix().block(foundBlocks));
                if (block < 0) {
                    break;
                }
                foundBlocks++;
                foundFreeBlocks += pool.uses(block) == 0 ? 1 : 0;
            }
            foundTokens = foundBlocks * blockTokens;
        }
        if (sequence.preemptions == 0) {
            foundTokens = Math.max(foundTokens, sequence.request().terms().computedTokens());
        }
    }

    /// Gives the sequence what [#find] found for it.
    void take(Sequence sequence) {
        if (usesSession(sequence)) {
            sessions.adopt(sequence);
        } else {
            for (int i = 0; i < foundBlocks; i++) {
                int block = pool.find(sequence.request().prefix().block(i));
                pool.share(block);
                sequence.addBlock(block);
            }
            sequence.publishedBlocks = foundBlocks;
        }
        sequence.computed = foundTokens;
        sequence.cachedTokens = foundTokens;
    }

    /// Lets others find what of the sequence is computed by now, block by block: of its prompt, and
    /// of its answer if that has hashes.
    void publish(Sequence sequence) {
        int read = Math.min(sequence.computed, sequence.hashedTokens);
        if ((sequence.publishedBlocks + 1) * blockTokens > read
                || !sharesPrefixes
                || sequence.ownsSession) {
            return;
        }
        PrefixHashes prefix = sequence.request().prefix();
        while ((sequence.publishedBlocks + 1) * blockTokens <= read) {
            int index = sequence.publishedBlocks++;
            pool.publish(sequence.blocks[index], prefix.block(index));
        }
    }

    private boolean usesSession(Sequence sequence) {
        return keepsSessions && sequence.request().session() != 0;
    }
}
