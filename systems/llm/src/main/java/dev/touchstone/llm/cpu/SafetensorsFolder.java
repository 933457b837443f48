package dev.touchstone.llm.cpu;

import dev.touchstone.kernels.Format;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;

/// Reads a model as the Hugging Face libraries store it: `config.json`, `tokenizer.json` and one or
/// more `.safetensors` files in a folder.
final class SafetensorsFolder {
    /// From GGUF's names of a layer's tensors to those of `LlamaForCausalLM`.
    private static final Map<String, String> NAMES =
            Map.ofEntries(
                    Map.entry("attn_norm", "input_layernorm"),
                    Map.entry("attn_q", "self_attn.q_proj"),
                    Map.entry("attn_k", "self_attn.k_proj"),
                    Map.entry("attn_v", "self_attn.v_proj"),
                    Map.entry("attn_output", "self_attn.o_proj"),
                    Map.entry("attn_q_norm", "self_attn.q_norm"),
                    Map.entry("attn_k_norm", "self_attn.k_norm"),
                    Map.entry("ffn_norm", "post_attention_layernorm"),
                    Map.entry("ffn_gate", "mlp.gate_proj"),
                    Map.entry("ffn_up", "mlp.up_proj"),
                    Map.entry("ffn_down", "mlp.down_proj"));

    private SafetensorsFolder() {}

    static CpuModel open(Path folder, CpuSettings settings) throws IOException {
        Properties config = properties(folder.resolve("config.json"));
        String type = config.text("model_type");
        if (!List.of("llama", "mistral", "qwen2", "qwen3").contains(type)) {
            throw new ModelFileException(
                    config.file(),
                    "is a model of type '%s', which is not supported; llama, mistral, qwen2 and qwen3"
                                    .formatted(type)
                            + " are");
        }
        LlamaShape shape = shape(folder, config);
        Tensors tensors = tensors(folder, settings);
        LlamaWeights weights =
                LlamaWeights.of(shape, tensors, rope(config, shape), SafetensorsFolder::name);
        CpuModel.Language language = JsonTokenizer.read(folder, config);
        return new CpuModel(shape, weights, language, tensors.parameters(), settings);
    }

    static Properties properties(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new ModelFileException(
                    file, "is missing; fetch it from where the .safetensors files are from");
        }
        return properties(file, Files.readString(file));
    }

    private static Properties properties(Path file, String json) throws ModelFileException {
        try {
            return new Properties(file, Map.of("", Json.parse(json))).under("");
        } catch (IllegalArgumentException wrong) {
            throw new ModelFileException(
                    file, "cannot be read (%s); fetch it again".formatted(wrong.getMessage()));
        }
    }

    private static LlamaShape shape(Path folder, Properties config) throws ModelFileException {
        int hidden = config.count("hidden_size");
        int heads = config.count("num_attention_heads");
        int context = config.count("max_position_embeddings");
        boolean windows = config.has("sliding_window") && config.flag("use_sliding_window", true);
        return new LlamaShape(
                folder.toAbsolutePath().normalize().getFileName().toString(),
                // Beyond its window such a model looks back less far than this executor does.
                windows ? Math.min(context, config.count("sliding_window")) : context,
                config.count("vocab_size"),
                config.count("num_hidden_layers"),
                hidden,
                heads,
                config.integer("num_key_value_heads", heads),
                config.integer("head_dim", hidden / heads),
                config.count("intermediate_size"),
                (float) config.number("rms_norm_eps"));
    }

    private static Rope rope(Properties config, LlamaShape shape) throws ModelFileException {
        Properties scaling =
                config.under(config.has("rope_parameters") ? "rope_parameters" : "rope_scaling");
        double base = scaling.number("rope_theta", config.number("rope_theta", 10_000));
        int head = shape.headDimension();
        String type =
                scaling.findText("rope_type").or(() -> scaling.findText("type")).orElse("default");
        IntToDoubleFunction factor =
                switch (type) {
                    case "default" -> pair -> 1;
                    case "linear" -> {
                        double stretch = scaling.number("factor");
                        yield pair -> stretch;
                    }
                    case "llama3" -> Rope.llama3(scaling, head, base);
                    default ->
                            throw new ModelFileException(
                                    config.file(),
                                    "scales positions by '%s', which is not supported; default, linear"
                                                    .formatted(type)
                                            + " and llama3 are");
                };
        return Rope.of(false, head, base, factor);
    }

    /// The name of a tensor there, by GGUF's name.
    private static String name(String gguf) {
        return switch (gguf) {
            case "token_embd" -> "model.embed_tokens";
            case "output_norm" -> "model.norm";
            case "output" -> "lm_head";
            default -> {
                String[] parts = gguf.split("\\.", 3);
                yield "model.layers." + parts[1] + "." + NAMES.get(parts[2]);
            }
        };
    }

    private static Tensors tensors(Path folder, CpuSettings settings) throws IOException {
        Map<String, Tensors.Tensor> tensors = new HashMap<>();
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(f -> f.toString().endsWith(".safetensors")).sorted().toList();
        }
        if (files.isEmpty()) {
            throw new ModelFileException(
                    folder, "has no .safetensors files; fetch them to where config.json is");
        }
        for (Path file : files) {
            read(file, tensors);
        }
        return new Tensors(folder, tensors, settings);
    }

    private static void read(Path path, Map<String, Tensors.Tensor> tensors) throws IOException {
        MemorySegment file = GgufFile.map(path);
        long size = file.byteSize();
        long header =
                size < 8
                        ? -1
                        : file.get(
                                ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN),
                                0);
        if (header < 0 || header > size - 8) {
            throw new ModelFileException(
                    path,
                    "ends after %,d bytes, in the middle of its table of contents; fetch it again"
                            .formatted(size));
        }
        byte[] json = file.asSlice(8, header).toArray(ValueLayout.JAVA_BYTE);
        Properties table = properties(path, new String(json, StandardCharsets.UTF_8));
        MemorySegment data = file.asSlice(8 + header);
        for (String name : table.values().keySet()) {
            if (!name.equals("__metadata__")) {
                tensors.put(name, tensor(path, name, table.under(name), data));
            }
        }
    }

    private static Tensors.Tensor tensor(
            Path path, String name, Properties entry, MemorySegment data)
            throws ModelFileException {
        Format format =
                switch (entry.text("dtype")) {
                    case "F32" -> Format.F32;
                    case "F16" -> Format.F16;
                    case "BF16" -> Format.BF16;
                    default ->
                            throw new ModelFileException(
                                    path,
                                    "tensor %s is of type %s, which is not supported; F32, F16 and BF16"
                                                    .formatted(name, entry.text("dtype"))
                                            + " are");
                };
        List<Long> shape = numbers(entry.list("shape"));
        List<Long> offsets = numbers(entry.list("data_offsets"));
        long columns = shape.isEmpty() ? 1 : shape.getLast();
        long rows = 1;
        for (int i = 0; i + 1 < shape.size(); i++) {
            rows *= shape.get(i);
        }
        long from = offsets.get(0);
        long bytes = offsets.get(1) - from;
        if (from < 0 || bytes != rows * format.bytes(columns)) {
            throw new ModelFileException(
                    path,
                    "tensor %s of shape %s cannot be at %s; the file is damaged, fetch it again"
                            .formatted(name, shape, offsets));
        }
        if (from + bytes > data.byteSize()) {
            throw new ModelFileException(
                    path,
                    "ends before tensor %s does; the download stopped early, fetch it again"
                            .formatted(name));
        }
        return new Tensors.Tensor(format, rows, columns, data.asSlice(from, bytes));
    }

    private static List<Long> numbers(List<?> list) {
        return list.stream().map(n -> ((Number) n).longValue()).toList();
    }
}
