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

    private int foundBlocks;
    private int foundFreeBlocks;
    private int foundTokens;

    PromptCache(KvBlockPool pool, SessionCache sessions) {
        this.pool = pool;
        this.sessions = sessions;
        this.blockTokens = pool.layout().blockTokens();
    }

    void reconfigure(boolean keepSessions, boolean sharePrefixes) {
        keepsSessions = keepSessions;
        sharesPrefixes = sharePrefixes;
    }

    /// Blocks that were found.
    int foundBlocks() {
        return foundBlocks;
    }

    /// Those of them that no one uses: taking them leaves fewer free.
    int foundFreeBlocks() {
        return foundFreeBlocks;
    }

    /// Tokens that need not be computed.
    int foundTokens() {
        return foundTokens;
    }

    void find(Sequence sequence) {
        foundBlocks = 0;
        foundFreeBlocks = 0;
        foundTokens = 0;
        if (usesSession(sequence)) {
            foundBlocks = sequence.session.idleBlocks();
            foundTokens =
                    Math.min(sequence.session.idleTokens(), sequence.request().sessionTokens());
        } else if (sharesPrefixes) {
            Request request = sequence.request();
            // The prompt's last token is always computed anew, for the answer to follow from.
            int limit = (request.promptTokens() - 1) / blockTokens;
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
            sequence.computed = foundTokens;
            sequence.publishedBlocks = foundBlocks;
        }
        sequence.cachedTokens = foundTokens;
    }

    /// Lets others find what of the sequence's prompt is computed by now, block by block.
    void publish(Sequence sequence) {
        if (!sharesPrefixes || sequence.ownsSession) {
            return;
        }
        Request request = sequence.request();
        int read = Math.min(sequence.computed, request.promptTokens());
        while ((sequence.publishedBlocks + 1) * blockTokens <= read) {
            int index = sequence.publishedBlocks++;
            pool.publish(sequence.blocks[index], request.prefix().block(index));
        }
    }

    private boolean usesSession(Sequence sequence) {
        return keepsSessions && sequence.request().session() != 0;
    }
}
