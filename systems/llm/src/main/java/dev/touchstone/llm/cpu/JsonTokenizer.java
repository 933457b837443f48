package dev.touchstone.llm.cpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads `tokenizer.json` of the Hugging Face libraries, and what the files beside it say about
/// where texts begin and answers end.
final class JsonTokenizer {
    private JsonTokenizer() {}

    static CpuModel.Language read(Path folder, Properties config) throws IOException {
        Path file = folder.resolve("tokenizer.json");
        Properties json = SafetensorsFolder.properties(file);
        Properties model = json.under("model");
        if (!model.findText("type").orElse("BPE").equals("BPE")) {
            throw new ModelFileException(
                    file,
                    "has a tokenizer of type %s; BPE is supported".formatted(model.text("type")));
        }
        Vocabulary vocabulary = vocabulary(file, json, config.count("vocab_size"));
        boolean pieces = model.flag("byte_fallback", false);
        var merges = new Merges();
        int rank = 0;
        for (Object merge : model.list("merges")) {
            if (merge instanceof List<?> pair) {
                String left = (String) pair.get(0);
                GgufModel.merge(merges, vocabulary, left, (String) pair.get(1), rank++);
            } else {
                String line = (String) merge;
                int space = line.indexOf(' ', 1);
                String left = line.substring(0, space);
                GgufModel.merge(merges, vocabulary, left, line.substring(space + 1), rank++);
            }
        }
        var tokenizer =
                new BpeTokenizer(
                        vocabulary,
                        pieces ? Spelling.PIECES : Spelling.BYTES,
                        pieces
                                ? new Splitter(List.of(), false, piecePrefix(json))
                                : splitter(file, json),
                        merges,
                        ends(folder, config, vocabulary),
                        model.flag("ignore_merges", false));
        return language(folder, json, tokenizer);
    }

    private static Vocabulary vocabulary(Path file, Properties json, int size)
            throws ModelFileException {
        List<String> spellings = new ArrayList<>(java.util.Collections.nCopies(size, ""));
        var controls = new BitSet();
        var plain = new BitSet();
        for (Map.Entry<String, Object> entry :
                json.under("model").under("vocab").values().entrySet()) {
            set(file, spellings, ((Number) entry.getValue()).intValue(), entry.getKey());
        }
        for (Object added : json.has("added_tokens") ? json.list("added_tokens") : List.of()) {
            Properties token = new Properties(file, Map.of("", added)).under("");
            int id = token.integer("id");
            set(file, spellings, id, token.text("content"));
            controls.set(id, token.flag("special", false));
            plain.set(id);
        }
        return Vocabulary.of(spellings, controls, plain);
    }

    private static void set(Path file, List<String> spellings, int id, String spelling)
            throws ModelFileException {
        if (id < 0 || id >= spellings.size()) {
            throw new ModelFileException(
                    file,
                    "has token %d, the model's vocabulary ends at %d; the two are not of one model"
                            .formatted(id, spellings.size() - 1));
        }
        spellings.set(id, spelling);
    }

    /// SentencePiece's vocabularies begin a text with a space, by a normalizer or a pre-tokenizer.
    private static Splitter.Prefix piecePrefix(Properties json) {
        String steps = json.values().get("normalizer") + " " + json.values().get("pre_tokenizer");
        if (steps.contains("type=Prepend")) {
            return Splitter.Prefix.SPACE;
        }
        boolean metaspace = steps.contains("type=Metaspace");
        return metaspace && !steps.contains("prepend_scheme=never")
                ? Splitter.Prefix.MISSING_SPACE
                : Splitter.Prefix.NOTHING;
    }

    private static Splitter splitter(Path file, Properties json) throws ModelFileException {
        boolean composed = String.valueOf(json.values().get("normalizer")).contains("type=NFC");
        List<Pattern> cuts = new ArrayList<>();
        var prefix = Splitter.Prefix.NOTHING;
        for (Properties step : steps(json.under("pre_tokenizer"))) {
            switch (step.findText("type").orElse("none")) {
                case "Split" -> cuts.add(Splitter.compile(step.under("pattern").text("Regex")));
                case "Digits" ->
                        cuts.add(
                                Splitter.compile(
                                        step.flag("individual_digits", false)
                                                ? "\\p{N}"
                                                : "\\p{N}+"));
                case "ByteLevel" -> {
                    if (step.flag("add_prefix_space", false)) {
                        prefix = Splitter.Prefix.MISSING_SPACE;
                    }
                    if (step.flag("use_regex", true)) {
                        cuts.add(Splitter.compile(Splitter.GPT2));
                    }
                }
                default ->
                        throw new ModelFileException(
                                file,
                                "cuts text into words by '%s'; Split, Digits and ByteLevel are supported"
                                        .formatted(step.findText("type").orElse("nothing")));
            }
        }
        return new Splitter(cuts, composed, prefix);
    }

    private static List<Properties> steps(Properties pre) throws ModelFileException {
        if (!pre.has("pretokenizers")) {
            return List.of(pre);
        }
        List<Properties> steps = new ArrayList<>();
        for (Object step : pre.list("pretokenizers")) {
            steps.add(new Properties(pre.file(), Map.of("", step)).under(""));
        }
        return steps;
    }

    private static Set<Integer> ends(Path folder, Properties config, Vocabulary vocabulary)
            throws IOException {
        Set<Integer> ends = new HashSet<>();
        addIds(config.values().get("eos_token_id"), ends);
        Path generation = folder.resolve("generation_config.json");
        if (Files.isRegularFile(generation)) {
            addIds(SafetensorsFolder.properties(generation).values().get("eos_token_id"), ends);
        }
        for (String end : GgufModel.ENDS) {
            ends.add(vocabulary.id(end));
        }
        ends.remove(-1);
        return ends;
    }

    private static void addIds(@org.jspecify.annotations.Nullable Object ids, Set<Integer> to) {
        if (ids instanceof Number id) {
            to.add(id.intValue());
        } else if (ids instanceof List<?> several) {
            several.forEach(id -> addIds(id, to));
        }
    }

    private static CpuModel.Language language(Path folder, Properties json, BpeTokenizer tokenizer)
            throws IOException {
        Path file = folder.resolve("tokenizer_config.json");
        Properties settings =
                Files.isRegularFile(file)
                        ? SafetensorsFolder.properties(file)
                        : new Properties(file, Map.of());
        Path separate = folder.resolve("chat_template.jinja");
        String template =
                Files.isRegularFile(separate)
                        ? Files.readString(separate)
                        : settings.findText("chat_template")
                                .orElseGet(() ->
                                        String.join(
                                                " ", GgufModel.templateTokens(tokenizer.tokens())));
        String first =
                settings.findText("bos_token")
                        .or(() -> settings.under("bos_token").findText("content"))
                        .orElse("");
        // The post-processor is what puts the first token in front of a text.
        boolean begins =
                !first.isEmpty()
                        && (settings.flag("add_bos_token", false)
                                || String.valueOf(json.values().get("post_processor"))
                                        .contains(first));
        return new CpuModel.Language(
                tokenizer, ChatFormat.of(template), begins ? tokenizer.tokens().id(first) : -1);
    }
}
