package dev.touchstone.llm.cpu;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import java.util.function.UnaryOperator;

/// What a GGUF file's metadata means.
final class GgufModel {
    /// Tokens that end an answer in one family or another, whatever the file calls its end.
    static final List<String> ENDS =
            List.of("<|eot_id|>", "<|im_end|>", "<|end_of_text|>", "<|endoftext|>", "<|eom_id|>");

    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;

    private GgufModel() {}

    static CpuModel of(Properties metadata, Tensors tensors) throws ModelFileException {
        String architecture = metadata.text("general.architecture");
        boolean neighbours =
                switch (architecture) {
                    case "llama" -> true;
                    case "qwen2", "qwen3" -> false;
                    default ->
                            throw new ModelFileException(
                                    metadata.file(),
                                    "is a model of architecture '%s', which is not supported; llama"
                                                    .formatted(architecture)
                                            + " (Llama 2 and 3, Mistral), qwen2 and qwen3 are");
                };
        LlamaShape shape = shape(metadata, architecture);
        Rope rope = rope(metadata, architecture, neighbours, shape, tensors);
        LlamaWeights weights = LlamaWeights.of(shape, tensors, rope, UnaryOperator.identity());
        return new CpuModel(
                shape, weights, language(metadata), tensors.parameters(), tensors.settings());
    }

    private static LlamaShape shape(Properties metadata, String arch) throws ModelFileException {
        if (metadata.integer(arch + ".expert_count", 0) > 0) {
            throw new ModelFileException(
                    metadata.file(), "is a mixture of experts, which is not supported");
        }
        int hidden = metadata.count(arch + ".embedding_length");
        int heads = metadata.count(arch + ".attention.head_count");
        String fileName = metadata.file().getFileName().toString();
        return new LlamaShape(
                metadata.findText("general.name").orElse(fileName.replace(".gguf", "")),
                metadata.count(arch + ".context_length"),
                metadata.list("tokenizer.ggml.tokens").size(),
                metadata.count(arch + ".block_count"),
                hidden,
                heads,
                metadata.integer(arch + ".attention.head_count_kv", heads),
                metadata.integer(arch + ".attention.key_length", hidden / heads),
                metadata.count(arch + ".feed_forward_length"),
                (float) metadata.number(arch + ".attention.layer_norm_rms_epsilon"));
    }

    private static Rope rope(
            Properties metadata, String arch, boolean neighbours, LlamaShape shape, Tensors tensors)
            throws ModelFileException {
        int head = shape.headDimension();
        int turned = metadata.integer(arch + ".rope.dimension_count", head);
        if (turned != head) {
            throw new ModelFileException(
                    metadata.file(),
                    "turns %d of a head's %d dimensions; only all of them are supported"
                            .formatted(turned, head));
        }
        double base = metadata.number(arch + ".rope.freq_base", 10_000);
        IntToDoubleFunction factor = pair -> 1;
        if (tensors.has("rope_freqs.weight")) {
            float[] factors = tensors.vector("rope_freqs.weight", head / 2);
            factor = pair -> factors[pair];
        }
        String scaling = metadata.findText(arch + ".rope.scaling.type").orElse("none");
        if (scaling.equals("linear")) {
            double stretch = metadata.number(arch + ".rope.scaling.factor");
            factor = pair -> stretch;
        } else if (!scaling.equals("none")) {
            throw new ModelFileException(
                    metadata.file(),
                    "scales positions by '%s', which is not supported; none, linear and Llama 3's are"
                            .formatted(scaling));
        }
        return Rope.of(neighbours, head, base, factor);
    }

    private static CpuModel.Language language(Properties metadata) throws ModelFileException {
        String kind = metadata.text("tokenizer.ggml.model");
        Vocabulary vocabulary = vocabulary(metadata);
        Set<Integer> ends = new HashSet<>();
        for (String key : List.of("eos_token_id", "eot_token_id", "eom_token_id")) {
            ends.add(metadata.integer("tokenizer.ggml." + key, -1));
        }
        for (String end : ENDS) {
            ends.add(vocabulary.id(end));
        }
        ends.remove(-1);
        BpeTokenizer tokenizer =
                switch (kind) {
                    case "gpt2" -> byteLevel(metadata, vocabulary, ends);
                    case "llama" -> pieces(metadata, vocabulary, ends);
                    default ->
                            throw new ModelFileException(
                                    metadata.file(),
                                    "has a tokenizer of kind '%s'; gpt2 and llama are supported"
                                            .formatted(kind));
                };
        boolean begins = metadata.flag("tokenizer.ggml.add_bos_token", kind.equals("llama"));
        String template =
                metadata.findText("tokenizer.chat_template")
                        .orElseGet(() -> String.join(" ", templateTokens(vocabulary)));
        return new CpuModel.Language(
                tokenizer,
                ChatFormat.of(template),
                begins ? metadata.integer("tokenizer.ggml.bos_token_id") : -1);
    }

    /// Without a template, the control tokens alone tell the family.
    static List<String> templateTokens(Vocabulary vocabulary) {
        return List.of("<|start_header_id|>", "<|im_start|>", "[INST]").stream()
                .filter(token -> vocabulary.id(token) >= 0)
                .toList();
    }

    private static Vocabulary vocabulary(Properties metadata) throws ModelFileException {
        List<String> spellings = strings(metadata, "tokenizer.ggml.tokens");
        var controls = new BitSet();
        var plain = new BitSet();
        if (metadata.has("tokenizer.ggml.token_type")) {
            List<?> types = metadata.list("tokenizer.ggml.token_type");
            for (int i = 0; i < Math.min(types.size(), spellings.size()); i++) {
                int type = ((Number) types.get(i)).intValue();
                controls.set(i, type == CONTROL);
                plain.set(i, type == USER_DEFINED);
            }
        }
        return Vocabulary.of(spellings, controls, plain);
    }

    private static BpeTokenizer byteLevel(
            Properties metadata, Vocabulary vocabulary, Set<Integer> ends)
            throws ModelFileException {
        String name = metadata.findText("tokenizer.ggml.pre").orElse("missing");
        Splitter splitter =
                Splitter.named(name)
                        .orElseThrow(() ->
                                new ModelFileException(
                                        metadata.file(),
                                        "cuts text into words by rules called '%s', which are"
                                                        .formatted(name)
                                                + " not known here; known are "
                                                + Splitter.NAMES));
        var merges = new Merges();
        List<String> lines = strings(metadata, "tokenizer.ggml.merges");
        for (int rank = 0; rank < lines.size(); rank++) {
            String line = lines.get(rank);
            int space = line.indexOf(' ', 1);
            merge(merges, vocabulary, line.substring(0, space), line.substring(space + 1), rank);
        }
        boolean wholeWords = name.startsWith("llama") || name.equals("tekken");
        return new BpeTokenizer(vocabulary, Spelling.BYTES, splitter, merges, ends, wholeWords);
    }

    static void merge(Merges merges, Vocabulary vocabulary, String left, String right, int rank) {
        int leftId = vocabulary.id(left);
        int rightId = vocabulary.id(right);
        int merged = vocabulary.id(left + right);
        if (leftId >= 0 && rightId >= 0 && merged >= 0) {
            merges.add(leftId, rightId, rank, merged);
        }
    }

    /// SentencePiece's vocabularies have scores instead of merges: of all neighbours that are a
    /// token together, those with the highest score go first.
    private static BpeTokenizer pieces(
            Properties metadata, Vocabulary vocabulary, Set<Integer> ends)
            throws ModelFileException {
        List<?> scores = metadata.list("tokenizer.ggml.scores");
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < vocabulary.size(); i++) {
            order.add(i);
        }
        order.sort(
                java.util.Comparator.comparingDouble(
                        (Integer i) -> -((Number) scores.get(i)).doubleValue()));
        var merges = new Merges();
        int rank = 0;
        double last = Double.NaN;
        for (int token : order) {
            double score = ((Number) scores.get(token)).doubleValue();
            rank += score == last ? 0 : 1;
            last = score;
            if (!vocabulary.controls().get(token)) {
                String piece = vocabulary.spellings().get(token);
                for (int cut = piece.offsetByCodePoints(0, piece.isEmpty() ? 0 : 1);
                        cut < piece.length();
                        cut = piece.offsetByCodePoints(cut, 1)) {
                    merge(merges, vocabulary, piece.substring(0, cut), piece.substring(cut), rank);
                }
            }
        }
        boolean prefixed = metadata.flag("tokenizer.ggml.add_space_prefix", true);
        var prefix = prefixed ? Splitter.Prefix.SPACE : Splitter.Prefix.NOTHING;
        var splitter = new Splitter(List.of(), false, prefix);
        return new BpeTokenizer(vocabulary, Spelling.PIECES, splitter, merges, ends, false);
    }

    private static List<String> strings(Properties metadata, String key) throws ModelFileException {
        return metadata.list(key).stream().map(String::valueOf).toList();
    }
}
