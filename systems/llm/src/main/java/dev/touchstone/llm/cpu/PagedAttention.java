package dev.touchstone.llm.cpu;

import dev.touchstone.kernels.Kernels;
import dev.touchstone.kernels.Workers;
import java.util.Arrays;

/// Attention of tokens to what their sequences have in the cache, themselves included.
///
/// One token and one key head are a unit of work, for all query heads that share it. Positions are
/// gone through from first to last, so the result depends neither on which blocks hold them nor on
/// who else takes part.
final class PagedAttention {
    private final LlamaShape shape;
    private final Kernels kernels;
    private final Workers workers;
    private final KvStore store;
    private final Room[] rooms;

    /// What a worker works in.
    private static final class Room {
        final float[] block;
        float[] scores = {};

        Room(int blockNumbers) {
            block = new float[blockNumbers];
        }

        void makeRoom(int numbers) {
            if (scores.length < numbers) {
                scores = new float[Math.max(numbers, 2 * scores.length)];
            }
        }
    }

    /// Where a sequence's tokens are in the cache.
    interface Pages {
        /// The block that holds the tokens from `index` times the block size on.
        int block(int index);
    }

    /// Tokens whose queries, keys and values are ready.
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Queries(float[] queries, Pages[] pages, int[] positions, int count) {}

    PagedAttention(LlamaShape shape, Kernels kernels, Workers workers, KvStore store) {
        this.shape = shape;
        this.kernels = kernels;
        this.workers = workers;
        this.store = store;
        this.rooms = new Room[workers.count()];
        for (int i = 0; i < rooms.length; i++) {
            rooms[i] = new Room(store.blockTokens * shape.headDimension());
        }
    }

    void run(int layer, Queries queries, float[] output) {
        int kvHeads = shape.kvHeads();
        workers.run(
                queries.count() * kvHeads,
                (part, worker) ->
                        attend(
                                layer,
                                queries,
                                part / kvHeads,
                                part % kvHeads,
                                output,
                                rooms[worker]));
    }

    private void attend(
            int layer, Queries queries, int token, int kvHead, float[] output, Room room) {
        int head = shape.headDimension();
        int group = shape.heads() / shape.kvHeads();
        int length = queries.positions()[token] + 1;
        int first = token * shape.queries() + kvHead * group * head;
        room.makeRoom(group * length);
        score(layer, queries, token, kvHead, room);
        for (int g = 0; g < group; g++) {
            kernels.softmax(room.scores, g * length, length);
        }
        Arrays.fill(output, first, first + group * head, 0);
        Pages pages = queries.pages()[token];
        for (int from = 0; from < length; from += store.blockTokens) {
            int count = Math.min(store.blockTokens, length - from);
            int at = store.at(pages.block(from / store.blockTokens), kvHead);
            store.values(layer, at, count, room.block);
            for (int g = 0; g < group; g++) {
                for (int i = 0; i < count; i++) {
                    float share = room.scores[g * length + from + i];
                    kernels.addScaled(share, room.block, i * head, output, first + g * head, head);
                }
            }
        }
    }

    private void score(int layer, Queries queries, int token, int kvHead, Room room) {
        int head = shape.headDimension();
        int group = shape.heads() / shape.kvHeads();
        int length = queries.positions()[token] + 1;
        int first = token * shape.queries() + kvHead * group * head;
        float scale = (float) (1 / Math.sqrt(head));
        Pages pages = queries.pages()[token];
        for (int from = 0; from < length; from += store.blockTokens) {
            int count = Math.min(store.blockTokens, length - from);
            int at = store.at(pages.block(from / store.blockTokens), kvHead);
            store.keys(layer, at, count, room.block);
            for (int g = 0; g < group; g++) {
                for (int i = 0; i < count; i++) {
                    room.scores[g * length + from + i] =
                            scale
                                    * kernels.dot(
                                            queries.queries(),
                                            first + g * head,
                                            room.block,
                                            i * head,
                                            head);
                }
            }
        }
    }
}
