package dev.touchstone.llm.cpu;

import dev.touchstone.kernels.Format;
import dev.touchstone.kernels.Kernels;
import dev.touchstone.kernels.Workers;
import dev.touchstone.llm.ElementType;
import dev.touchstone.llm.Executor;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.ModelSpec;
import dev.touchstone.llm.text.ChatMessage;
import dev.touchstone.llm.text.Generation;
import dev.touchstone.llm.text.LanguageModel;
import dev.touchstone.llm.text.Tokenizer;
import java.util.List;
import java.util.function.LongFunction;

/// A model of the Llama family that runs here. Its weights are shared by all executors.
public final class CpuModel implements LanguageModel {
    private final LlamaShape shape;
    private final LlamaWeights weights;
    private final Language language;
    private final CpuSettings settings;
    private final ModelSpec spec;
    private final Drafting drafting;

    /// What a model file says about text.
    ///
    /// @param firstToken begins every text; -1 for none
    record Language(BpeTokenizer tokenizer, ChatFormat format, int firstToken) {}

    CpuModel(
            LlamaShape shape,
            LlamaWeights weights,
            Language language,
            long parameters,
            CpuSettings settings) {
        this.shape = shape;
        this.weights = weights;
        this.language = language;
        this.settings = settings;
        this.spec =
                new ModelSpec(
                        shape.name(),
                        parameters,
                        shape.layers(),
                        shape.heads(),
                        shape.kvHeads(),
                        shape.headDimension(),
                        elementType(weights.layers().getFirst().gate().format()),
                        settings.cache());
        this.drafting = Drafting.NONE;
    }

    private CpuModel(CpuModel model, Drafting drafting) {
        this.shape = model.shape;
        this.weights = model.weights;
        this.language = model.language;
        this.settings = model.settings;
        this.spec = model.spec;
        this.drafting = drafting;
    }

    /// The same model, which guesses up to `most` tokens at a time by looking for the last words
    /// earlier in the text. It answers the same, token by token; faster where answers repeat their
    /// prompt or themselves.
    public CpuModel withDraftsFromText(int most) {
        return new CpuModel(this, Drafting.fromText(most));
    }

    /// The same model, for which a smaller one guesses up to `most` tokens at a time. It answers
    /// the same, token by token; faster where the smaller one often says the same.
    ///
    /// @throws IllegalArgumentException when the two do not have the same vocabulary
    public CpuModel withDraftsFrom(CpuModel smaller, int most) {
        if (!language.tokenizer().spellsLike(smaller.language.tokenizer())) {
            throw new IllegalArgumentException(
                    "%s cannot guess for %s: their vocabularies of %d and %d tokens differ; take a"
                                    .formatted(
                                            smaller.spec.name(),
                                            spec.name(),
                                            smaller.tokenizer().vocabulary(),
                                            tokenizer().vocabulary())
                            + " smaller model of the same family");
        }
        return new CpuModel(this, Drafting.from(smaller, most));
    }

    private static ElementType elementType(Format format) {
        return switch (format) {
            case F32 -> ElementType.FP32;
            case F16 -> ElementType.FP16;
            case BF16 -> ElementType.BF16;
            case Q8_0 -> ElementType.INT8;
            case Q4_0 -> ElementType.INT4;
        };
    }

    @Override
    public ModelSpec spec() {
        return spec;
    }

    @Override
    public int contextTokens() {
        return shape.contextTokens();
    }

    @Override
    public Tokenizer tokenizer() {
        return language.tokenizer();
    }

    /// How conversations are put to it; [ChatFormat#TRANSCRIPT] when its file does not say so in a
    /// way that is known here.
    public ChatFormat chatFormat() {
        return language.format();
    }

    @Override
    public int[] chatPrompt(List<ChatMessage> messages) {
        return language.format().prompt(messages, language.tokenizer(), language.firstToken());
    }

    @Override
    public int[] textPrompt(String text) {
        int[] tokens = language.tokenizer().encode(text);
        if (language.firstToken() < 0) {
            return tokens;
        }
        var prompt = new int[tokens.length + 1];
        prompt[0] = language.firstToken();
        System.arraycopy(tokens, 0, prompt, 1, tokens.length);
        return prompt;
    }

    @Override
    public Executor executor(KvCacheLayout layout, LongFunction<Generation> generations) {
        return new CpuExecutor(this, layout, generations);
    }

    @Override
    public int maxDrafts() {
        return drafting.most();
    }

    @Override
    public long cacheBytesPerToken() {
        return spec.kvBytesPerToken() + drafting.bytesPerToken();
    }

    Drafting drafting() {
        return drafting;
    }

    LlamaShape shape() {
        return shape;
    }

    LlamaWeights weights() {
        return weights;
    }

    Kernels kernels() {
        return settings.kernels();
    }

    Workers workers() {
        return settings.workers();
    }
}
