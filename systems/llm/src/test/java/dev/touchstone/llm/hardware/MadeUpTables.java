package dev.touchstone.llm.hardware;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Writes tables of kernels that were never measured, small enough to be checked by hand.
public final class MadeUpTables {
    static final int[] ROWS = {1, 64, 1_024, 8_192};
    static final int[] WIDTHS = {512, 8_192, 65_536};
    static final int[] DEPTHS = {512, 16_384};
    static final int[] BATCHES = {1, 8, 64};
    static final int[] LENGTHS = {1, 512, 8_192};

    private MadeUpTables() {}

    /// Milliseconds of a matrix product, which no straight line describes.
    static double gemm(int m, int n, int k) {
        return 0.004 + 1e-9 * n * k + 2e-14 * m * (double) n * k * Math.sqrt(m);
    }

    /// Milliseconds of decoding.
    static double generation(int batch, int length) {
        return length == 1 ? 0.012 : 0.0125 + 1.3e-6 * batch * length;
    }

    /// Milliseconds of prefill.
    static double context(int batch, int length) {
        return 0.012 + 1e-8 * batch * (length - 1.0) * (length - 1.0);
    }

    /// Writes the tables of an H100 with 32 and 8 heads, and with 8 and 4.
    public static void h100(Path folder) throws IOException {
        Files.createDirectories(folder);
        List<String> products = new ArrayList<>(List.of("gemm_dtype,m,n,k,latency_ms"));
        for (int m : ROWS) {
            for (int n : WIDTHS) {
                for (int k : DEPTHS) {
                    products.add("bfloat16,%d,%d,%d,%s".formatted(m, n, k, gemm(m, n, k)));
                    products.add("fp8,%d,%d,%d,%s".formatted(m, n, k, gemm(m, n, k) / 2));
                }
            }
        }
        Files.write(folder.resolve("h100-gemm.csv"), products);
        String header =
                "kv_cache_dtype,batch_size,isl,step,num_heads,num_key_value_heads,latency_ms";
        List<String> contexts = new ArrayList<>(List.of(header));
        List<String> generations = new ArrayList<>(List.of(header));
        for (String type : List.of("bfloat16", "fp8")) {
            for (int batch : BATCHES) {
                for (int length : LENGTHS) {
                    String heads = type + "," + batch + ",%d,%d,32,8,%s";
                    contexts.add(heads.formatted(length, 0, context(batch, length)));
                    generations.add(heads.formatted(1, length - 1, generation(batch, length)));
                }
            }
        }
        Files.write(folder.resolve("h100-context-attention.csv"), contexts);
        Files.write(folder.resolve("h100-generation-attention.csv"), generations);
    }

    /// Writes the tables of Llama 3.1 8B's layers on an RTX PRO 6000.
    public static void rtxPro6000(Path folder) throws IOException {
        Files.createDirectories(folder);
        String name = "rtxpro6000-llama-3.1-8b";
        List<String> dense = new ArrayList<>(List.of("layer,tokens,time_us"));
        for (String layer :
                List.of(
                        "embedding",
                        "layernorm",
                        "qkv_proj",
                        "rotary_emb",
                        "o_proj",
                        "gate_up_proj",
                        "act_fn",
                        "down_proj",
                        "final_layernorm")) {
            for (int tokens : new int[] {1, 512, 2_048}) {
                dense.add("%s,%d,%s".formatted(layer, tokens, 20 + 0.1 * tokens));
            }
        }
        Files.write(folder.resolve(name + "-dense.csv"), dense);
        Files.write(
                folder.resolve(name + "-per_sequence.csv"),
                List.of(
                        "layer,sequences,time_us",
                        "lm_head,1,700",
                        "lm_head,256,800",
                        "sampler,1,25",
                        "sampler,256,160"));
        List<String> attention =
                new ArrayList<>(List.of("prefill_chunk,kv_prefill,n_decode,kv_decode,time_us"));
        for (int chunk : new int[] {0, 16, 2_048}) {
            for (int before : new int[] {0, 4_096}) {
                if (chunk > 0) {
                    attention.add("%d,%d,0,0,%s".formatted(chunk, before, prefill(chunk, before)));
                }
            }
            for (int sequences : new int[] {1, 128}) {
                for (int length : new int[] {16, 4_096}) {
                    double micros = (chunk > 0 ? prefill(chunk, 0) : 8) + 3e-3 * sequences * length;
                    attention.add("%d,0,%d,%d,%s".formatted(chunk, sequences, length, micros));
                }
            }
        }
        Files.write(folder.resolve(name + "-attention.csv"), attention);
    }

    private static double prefill(int chunk, int before) {
        return 8 + 5e-5 * chunk * (before + 0.5 * chunk);
    }
}
