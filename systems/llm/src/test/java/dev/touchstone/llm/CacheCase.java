package dev.touchstone.llm;

import dev.touchstone.simulation.RandomStreams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/// Runs a case about the blocks of sequences: `case: cache`. A sequence is given blocks for all its
/// tokens at once, if there are enough, and is computed at once.
final class CacheCase {
    private final KvBlockPool pool;
    private final KvMemory memory;
    private final PromptCache prompts;
    private final PrefixHasher hasher;
    private final int firstBlock;
    private final Map<String, Text> texts = new HashMap<>();
    private final List<long[]> hashesSeen = new ArrayList<>();

    private static final class Text {
        private final Sequence sequence;
        private int[] tokens;

        Text(int[] tokens, PrefixHasher hasher, long salt, int id) {
            this.tokens = tokens;
            PrefixHashes hashes =
                    hasher.follow(salt, i -> this.tokens[i], () -> this.tokens.length);
            sequence =
                    new Sequence(
                            TestEngine.request(id, tokens.length, 1_000, hashes),
                            SessionCache.Session.NONE,
                            0);
        }
    }

    CacheCase(CaseEntry settings) {
        int blockTokens = settings.number("blockTokens", 16);
        firstBlock = settings.number("firstBlock", 0);
        pool = new KvBlockPool(new KvCacheLayout(blockTokens, settings.number("blocks")));
        boolean shares = !settings.has("prefixCache") || settings.get("prefixCache").asBoolean();
        Policy policy = new Policy().granule(blockTokens);
        memory = new KvMemory(pool);
        memory.reconfigure(policy.config().memory());
        prompts = new PromptCache(pool, new SessionCache(pool));
        prompts.reconfigure(false, shares);
        hasher = new PrefixHasher(blockTokens, 1, 2);
    }

    void run(CaseEntry entry) {
        if (entry.has("admit")) {
            admit(entry);
        } else if (entry.has("append")) {
            append(entry);
        } else if (entry.has("release")) {
            release(entry);
        } else {
            match(entry);
        }
        entry.check("free", pool::freeBlocks);
        entry.check("freeOrder", this::freeOrder);
        entry.checkEach("uses", block -> pool.uses(Integer.parseInt(block) - firstBlock));
        entry.check("findable", this::findable);
        entry.close();
    }

    private void admit(CaseEntry entry) {
        var text = new Text(tokens(entry.get("tokens")), hasher, salt(entry), texts.size());
        Sequence sequence = text.sequence;
        prompts.find(sequence);
        int needed = memory.blocksFor(sequence.length) - prompts.foundBlocks;
        boolean refused = needed + prompts.foundFreeBlocks > pool.freeBlocks();
        entry.check("refused", () -> refused);
        if (!refused) {
            prompts.take(sequence);
            memory.grow(sequence, sequence.length);
            compute(text);
            texts.put(entry.text("admit"), text);
            entry.check("cached", sequence::cachedTokens);
            check(entry, text);
        }
    }

    private void append(CaseEntry entry) {
        Text text = known(entry.text("append"));
        int[] more = tokens(entry.get("tokens"));
        text.tokens = Prompts.joined(text.tokens, more);
        text.sequence.length += more.length;
        memory.grow(text.sequence, text.sequence.length);
        compute(text);
        check(entry, text);
    }

    private void compute(Text text) {
        text.sequence.computed = text.sequence.length;
        prompts.publish(text.sequence);
        remember(text.sequence.request().prefix(), text.tokens.length);
    }

    private void release(CaseEntry entry) {
        memory.release(known(entry.text("release")).sequence, 0);
    }

    /// Looks a text up without giving it to anyone.
    private void match(CaseEntry entry) {
        int[] tokens = tokens(entry.get("match"));
        PrefixHashes hashes = hasher.hash(salt(entry), tokens);
        int blocks = 0;
        while (pool.find(hashes.block(blocks)) >= 0) {
            blocks++;
        }
        int cached = blocks * pool.layout().blockTokens();
        entry.check("cached", () -> cached);
    }

    private void check(CaseEntry entry, Text text) {
        Sequence sequence = text.sequence;
        List<Integer> blocks =
                Arrays.stream(sequence.blocks, 0, sequence.blockCount).boxed().toList();
        entry.check("blocks", () -> blocks.stream().map(block -> block + firstBlock).toList());
        PrefixHashes hashes = sequence.request().prefix();
        entry.check(
                "hashed",
                () ->
                        IntStream.range(0, blocks.size())
                                .filter(i -> pool.find(hashes.block(i)) == blocks.get(i))
                                .map(i -> blocks.get(i) + firstBlock)
                                .boxed()
                                .toList());
    }

    private List<Integer> freeOrder() {
        return Arrays.stream(pool.freeList()).map(block -> block + firstBlock).boxed().toList();
    }

    private void remember(PrefixHashes hashes, int tokens) {
        int blocks = tokens / pool.layout().blockTokens();
        hashesSeen.add(IntStream.range(0, blocks).mapToLong(hashes::block).toArray());
    }

    /// Tokens in blocks that can be found.
    private int findable() {
        long blocks =
                hashesSeen.stream()
                        .flatMapToLong(Arrays::stream)
                        .distinct()
                        .filter(hash -> pool.find(hash) >= 0)
                        .count();
        return (int) blocks * pool.layout().blockTokens();
    }

    private Text known(String id) {
        return Objects.requireNonNull(texts.get(id), id);
    }

    private static long salt(CaseEntry entry) {
        return entry.has("salt")
                ? RandomStreams.mix(entry.text("salt").hashCode())
                : PrefixHasher.NO_SALT;
    }

    /// `[16 x 0, 20 to 34, 7]`: sixteen times the token 0, the tokens 20 to 34, the token 7.
    private static int[] tokens(JsonNode list) {
        return list.valueStream().map(JsonNode::asString).flatMapToInt(CacheCase::tokens).toArray();
    }

    private static IntStream tokens(String part) {
        List<String> words = List.of(part.split(" "));
        int first = Integer.parseInt(words.getFirst());
        int last = Integer.parseInt(words.getLast());
        if (words.size() == 1) {
            return IntStream.of(first);
        }
        return switch (words.get(1)) {
            case "x" -> IntStream.generate(() -> last).limit(first);
            case "to" -> IntStream.rangeClosed(first, last);
            default ->
                    throw new AssertionError(
                            "write tokens as 7, '16 x 0' or '20 to 34', not " + part);
        };
    }
}
