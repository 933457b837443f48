package dev.touchstone.llm.training;

import dev.touchstone.llm.text.ChatMessage;
import dev.touchstone.llm.training.Corpus.Question;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/// What a model is worth: asks it what it was never taught in these words, and lets it read text
/// that it never saw.
public final class Exam {
    /// Tokens of a question and its answer together; a longer answer is cut, and wrong.
    private static final int LENGTH = 160;

    private static final int AT_ONCE = 16;

    /// The result.
    ///
    /// @param asked questions whose answers the model was taught, in words that it was not
    /// @param right of those, answered exactly as taught
    /// @param outside questions that it cannot know
    /// @param declined of those, where it said so
    /// @param conversationBits bits that a byte of an unseen conversation costs, question included
    /// @param proseBits bits that a byte of unseen prose costs
    /// @param mistakes question and answer, for whoever wants to see them
    public record Report(
            int asked,
            int right,
            int outside,
            int declined,
            double conversationBits,
            double proseBits,
            List<String> mistakes) {
        public Report {
            mistakes = List.copyOf(mistakes);
        }
    }

    private final Parameters parameters;
    private final float[] weights;
    private final BytePairs tokenizer;

    Exam(Parameters parameters, float[] weights, BytePairs tokenizer) {
        this.parameters = parameters;
        this.weights = weights;
        this.tokenizer = tokenizer;
    }

    /// Asks everything that was kept from training.
    Report sit(Corpus corpus, RandomGenerator random) {
        List<Question> questions = corpus.exam(random);
        List<String> answers = answers(questions.stream().map(Question::asked).toList());
        var mistakes = new ArrayList<String>();
        int[] right = new int[2];
        int[] asked = new int[2];
        for (int i = 0; i < questions.size(); i++) {
            Question question = questions.get(i);
            int kind = question.outside() ? 1 : 0;
            asked[kind]++;
            if (question.right().contains(answers.get(i))) {
                right[kind]++;
            } else {
                mistakes.add("%s -> %s".formatted(question.asked(), answers.get(i)));
            }
        }
        return new Report(
                asked[0],
                right[0],
                asked[1],
                right[1],
                bits(questions.stream().map(this::conversation).toList()),
                bits(corpus.proseHeldOut().stream().map(tokenizer::encode).toList()),
                mistakes);
    }

    private int[] conversation(Question question) {
        var tokens = new TokenList();
        tokenizer.message(tokens, new ChatMessage("user", question.asked()));
        tokenizer.message(tokens, new ChatMessage("assistant", question.right().getFirst()));
        return tokens.toArray();
    }

    /// The most likely answer to each question, word by word.
    List<String> answers(List<String> questions) {
        var answers = new ArrayList<String>();
        var model = new TrainableTransformer(parameters, weights, AT_ONCE, LENGTH);
        for (int from = 0; from < questions.size(); from += AT_ONCE) {
            List<int[]> prompts =
                    questions.subList(from, Math.min(from + AT_ONCE, questions.size())).stream()
                            .map(asked -> tokenizer.prompt(List.of(new ChatMessage("user", asked))))
                            .toList();
            answers.addAll(answerTogether(model, prompts));
        }
        return answers;
    }

    private List<String> answerTogether(TrainableTransformer model, List<int[]> prompts) {
        int[] tokens = new int[AT_ONCE * LENGTH];
        int[] ends = new int[prompts.size()];
        boolean[] done = new boolean[prompts.size()];
        for (int i = 0; i < ends.length; i++) {
            ends[i] = prompts.get(i).length;
            System.arraycopy(prompts.get(i), 0, tokens, i * LENGTH, ends[i]);
        }
        for (int open = ends.length; open > 0; ) {
            MatrixView logits = model.forward(tokens);
            for (int i = 0; i < ends.length; i++) {
                if (done[i]) {
                    continue;
                }
                int next = likeliest(logits, i * LENGTH + ends[i] - 1);
                done[i] = tokenizer.endsAnswer(next) || ends[i] == LENGTH - 1;
                if (done[i]) {
                    open--;
                } else {
                    tokens[i * LENGTH + ends[i]++] = next;
                }
            }
        }
        var answers = new ArrayList<String>();
        for (int i = 0; i < ends.length; i++) {
            int first = i * LENGTH + prompts.get(i).length;
            answers.add(tokenizer.decode(Arrays.copyOfRange(tokens, first, i * LENGTH + ends[i])));
        }
        return answers;
    }

    private static int likeliest(MatrixView logits, int row) {
        int best = 0;
        for (int token = 1; token < logits.columns; token++) {
            if (logits.data[row * logits.columns + token]
                    > logits.data[row * logits.columns + best]) {
                best = token;
            }
        }
        return best;
    }

    private double bits(List<int[]> texts) {
        double nats = 0;
        long bytes = 0;
        var model = new TrainableTransformer(parameters, weights, 1, LENGTH);
        for (int[] text : texts) {
            int known = Math.min(text.length, LENGTH + 1) - 1;
            int[] tokens = Arrays.copyOf(Arrays.copyOf(text, known), LENGTH);
            int[] targets = Arrays.copyOf(Arrays.copyOfRange(text, 1, known + 1), LENGTH);
            float[] importance = new float[LENGTH];
            Arrays.fill(importance, 0, known, 1);
            model.forward(tokens);
            nats += known * model.loss(targets, importance);
            for (int i = 0; i < known; i++) {
                bytes += tokenizer.bytes(targets[i]).length;
            }
        }
        return nats / Math.log(2) / bytes;
    }
}
