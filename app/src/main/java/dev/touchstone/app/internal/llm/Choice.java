package dev.touchstone.app.internal.llm;

import dev.touchstone.app.internal.llm.Answer.Finish;
import dev.touchstone.llm.Sequence;
import dev.touchstone.llm.text.AnswerText;
import dev.touchstone.llm.text.Generation;
import dev.touchstone.llm.text.Tokenizer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// One answer to a question while the engine works on it. Belongs to the engine's thread.
final class Choice {
    private final long id;
    private final int index;
    private final Question question;
    private final Answer answer;
    private final Tokenizer tokenizer;
    private final Generation generation;
    private final AnswerText text;

    /// Reports of tokens whose text is not shown yet, each with the text's end.
    private final ArrayDeque<Held> held = new ArrayDeque<>();

    /// Tokens turned into text.
    private int read;

    /// When it was asked, taken up and begun to be answered; 0 before.
    long arrivalNanos;

    long admittedNanos;
    long firstTokenNanos;

    private int cachedTokens;
    private boolean promptCounted;

    private record Held(long endChars, Generation.Drawn report) {}

    Choice(long id, int index, Question question, Answer answer, Tokenizer tokenizer) {
        this.id = id;
        this.index = index;
        this.question = question;
        this.answer = answer;
        this.tokenizer = tokenizer;
        this.generation = new Generation(question.prompt(), question.sampling(index));
        this.text = new AnswerText(question.stops());
        this.read = generation.length();
    }

    long id() {
        return id;
    }

    Answer answer() {
        return answer;
    }

    Question question() {
        return question;
    }

    Generation generation() {
        return generation;
    }

    /// Answer tokens up to the stop text, if one has come; a step may have drawn more.
    int tokens() {
        return read - generation.promptTokens();
    }

    /// Tokens of the prompt, once for all choices of a question, as its client is told; 0 from then
    /// on.
    int promptTokensToCount() {
        boolean first = index == 0 && !promptCounted;
        promptCounted = true;
        return first ? generation.promptTokens() : 0;
    }

    /// Whether a stop text has come.
    boolean stopped() {
        return text.stopped();
    }

    /// The engine took it up, again if it was preempted.
    void admitted(long nowNanos, Sequence sequence) {
        arrivalNanos = sequence.arrivalNanos();
        if (admittedNanos == 0) {
            admittedNanos = nowNanos;
            cachedTokens = sequence.cachedTokens();
        }
    }

    /// Passes on what new tokens add to the text.
    void tellNewTokens() {
        var shown = new StringBuilder();
        while (read < generation.length() && !text.stopped()) {
            byte[] bytes = tokenizer.bytes(generation.token(read));
            shown.append(text.add(bytes));
            if (question.sampling().topLogprobs() >= 0 && bytes.length > 0) {
                var report = generation.drawn(read - generation.promptTokens());
                held.add(new Held(text.takenChars(), report));
            }
            read++;
        }
        tell(shown.toString());
    }

    /// Passes on the rest and that it is over, and returns why it is.
    Finish tellEnd() {
        tell(text.end());
        int last = generation.token(generation.length() - 1);
        boolean stop = text.stopped() || tokenizer.endsAnswer(last);
        Finish finish = stop ? Finish.STOP : Finish.LENGTH;
        answer.tell(new Answer.Finished(index, finish, tokens(), cachedTokens));
        return finish;
    }

    private void tell(String shown) {
        List<Generation.Drawn> reports = new ArrayList<>();
        while (!held.isEmpty() && held.getFirst().endChars() <= text.shownChars()) {
            reports.add(held.removeFirst().report());
        }
        if (!shown.isEmpty() || !reports.isEmpty()) {
            answer.tell(new Answer.Text(index, shown, reports));
        }
    }
}
