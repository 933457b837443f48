package dev.touchstone.app.internal.llm;

import dev.touchstone.app.internal.llm.Answer.Finish;
import dev.touchstone.app.internal.llm.Answer.Finished;
import dev.touchstone.app.internal.llm.Answer.Text;
import dev.touchstone.llm.text.Generation.Drawn;
import dev.touchstone.llm.text.Generation.Likely;
import dev.touchstone.llm.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Writes an answer as JSON, whole or as server-sent events. By hand: a busy server writes
/// thousands of these a second, and they differ in a few bytes.
final class AnswerWriter {
    private static final String EVENT_END = "\n\n";

    private final boolean chat;
    private final Tokenizer tokenizer;

    /// What every chunk and the whole answer begin with, after their kind.
    private final String identity;

    private final String chunkBegin;
    private final String chunkEnd;
    private final boolean reports;
    private final StringBuilder out = new StringBuilder(512);

    /// @param id of the answer, without its prefix
    /// @param created seconds since 1970
    AnswerWriter(Wish wish, String id, long created, String model, Tokenizer tokenizer) {
        this.chat = wish.chat();
        this.tokenizer = tokenizer;
        this.reports = wish.question().sampling().topLogprobs() >= 0;
        var begin = new StringBuilder();
        begin.append(",\"created\":").append(created).append(",\"model\":");
        quote(begin, model);
        this.identity = begin.append(",\"choices\":[").toString();
        this.chunkBegin =
                "data: {\"id\":\"%s%s\",\"object\":\"%s\"%s"
                        .formatted(
                                prefix(),
                                id,
                                chat ? "chat.completion.chunk" : "text_completion",
                                identity);
        this.chunkEnd = wish.usage() ? "],\"usage\":null}" + EVENT_END : "]}" + EVENT_END;
        this.wholeBegin =
                "{\"id\":\"%s%s\",\"object\":\"%s\"%s"
                        .formatted(
                                prefix(),
                                id,
                                chat ? "chat.completion" : "text_completion",
                                identity);
    }

    private final String wholeBegin;

    /// The tokens that an answer took.
    ///
    /// @param cached prompt tokens that were in the cache
    record Usage(int prompt, int answer, int cached) {}

    /// A choice that is complete.
    record Whole(String text, List<Drawn> reports, Finish finish) {
        Whole {
            reports = List.copyOf(reports);
        }
    }

    /// The bytes written since the last call.
    byte[] take() {
        byte[] bytes = out.toString().getBytes(StandardCharsets.UTF_8);
        out.setLength(0);
        return bytes;
    }

    /// The first event of a choice in a conversation: who speaks.
    void opening(int choice) {
        if (chat) {
            out.append(chunkBegin).append("{\"index\":").append(choice);
            out.append(",\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"logprobs\":null");
            out.append(",\"finish_reason\":null}").append(chunkEnd);
        }
    }

    /// More of a choice.
    void more(Text event) {
        out.append(chunkBegin).append("{\"index\":").append(event.choice());
        out.append(chat ? ",\"delta\":{\"content\":" : ",\"text\":");
        quote(out, event.text());
        out.append(chat ? "},\"logprobs\":" : ",\"logprobs\":");
        reports(event.tokens());
        out.append(",\"finish_reason\":null}").append(chunkEnd);
    }

    /// A choice is over.
    void finished(Finished event) {
        out.append(chunkBegin).append("{\"index\":").append(event.choice());
        out.append(chat ? ",\"delta\":{}" : ",\"text\":\"\"");
        out.append(",\"logprobs\":null,\"finish_reason\":\"").append(name(event.finish()));
        out.append("\"}").append(chunkEnd);
    }

    /// The stream's last event but one, where it was asked for.
    void usage(Usage usage) {
        out.append(chunkBegin).append(']');
        writeUsage(usage);
        out.append('}').append(EVENT_END);
    }

    /// The stream is complete.
    void done() {
        out.append("data: [DONE]").append(EVENT_END);
    }

    /// The stream ends here, incomplete.
    ///
    /// @param error a JSON document
    void broken(String error) {
        out.append("data: ").append(error).append(EVENT_END);
    }

    /// The answer in one piece.
    void whole(List<Whole> choices, Usage usage) {
        out.append(wholeBegin);
        for (int i = 0; i < choices.size(); i++) {
            Whole choice = choices.get(i);
            out.append(i == 0 ? "" : ",").append("{\"index\":").append(i);
            if (chat) {
                out.append(",\"message\":{\"role\":\"assistant\",\"content\":");
                quote(out, choice.text());
                out.append(",\"refusal\":null}");
            } else {
                out.append(",\"text\":");
                quote(out, choice.text());
            }
            out.append(",\"logprobs\":");
            reports(choice.reports());
            out.append(",\"finish_reason\":\"").append(name(choice.finish())).append("\"}");
        }
        out.append(']');
        writeUsage(usage);
        out.append('}');
    }

    private String prefix() {
        return chat ? "chatcmpl-" : "cmpl-";
    }

    private static String name(Finish finish) {
        return finish == Finish.STOP ? "stop" : "length";
    }

    private void writeUsage(Usage usage) {
        out.append(",\"usage\":{\"prompt_tokens\":").append(usage.prompt());
        out.append(",\"completion_tokens\":").append(usage.answer());
        out.append(",\"total_tokens\":").append(usage.prompt() + usage.answer());
        out.append(",\"prompt_tokens_details\":{\"cached_tokens\":").append(usage.cached());
        out.append("}}");
    }

    private void reports(List<Drawn> tokens) {
        if (!reports) {
            out.append("null");
        } else if (chat) {
            chatReports(tokens);
        } else {
            textReports(tokens);
        }
    }

    private void chatReports(List<Drawn> tokens) {
        out.append("{\"content\":[");
        for (int i = 0; i < tokens.size(); i++) {
            Drawn drawn = tokens.get(i);
            out.append(i == 0 ? "{" : ",{");
            likely(drawn.token(), drawn.logprob());
            out.append(",\"top_logprobs\":[");
            for (int j = 0; j < drawn.top().size(); j++) {
                Likely other = drawn.top().get(j);
                out.append(j == 0 ? "{" : ",{");
                likely(other.token(), other.logprob());
                out.append('}');
            }
            out.append("]}");
        }
        out.append("],\"refusal\":null}");
    }

    private void likely(int token, float logprob) {
        byte[] bytes = tokenizer.bytes(token);
        out.append("\"token\":");
        quote(out, new String(bytes, StandardCharsets.UTF_8));
        out.append(",\"logprob\":").append(finite(logprob)).append(",\"bytes\":[");
        for (int i = 0; i < bytes.length; i++) {
            out.append(i == 0 ? "" : ",").append(bytes[i] & 0xff);
        }
        out.append(']');
    }

    private void textReports(List<Drawn> tokens) {
        var names = new StringBuilder();
        var numbers = new StringBuilder();
        var tops = new StringBuilder();
        String comma = "";
        for (Drawn drawn : tokens) {
            names.append(comma);
            quote(names, text(drawn.token()));
            numbers.append(comma).append(finite(drawn.logprob()));
            tops.append(comma).append('{');
            for (int i = 0; i < drawn.top().size(); i++) {
                Likely other = drawn.top().get(i);
                tops.append(i == 0 ? "" : ",");
                quote(tops, text(other.token()));
                tops.append(':').append(finite(other.logprob()));
            }
            tops.append('}');
            comma = ",";
        }
        out.append("{\"tokens\":[").append(names).append("],\"token_logprobs\":[").append(numbers);
        out.append("],\"top_logprobs\":[").append(tops).append("]}");
    }

    private String text(int token) {
        return new String(tokenizer.bytes(token), StandardCharsets.UTF_8);
    }

    /// JSON has no infinity; OpenAI sends this number for what is impossible.
    private static float finite(float logprob) {
        return Float.isFinite(logprob) ? logprob : -9999;
    }

    /// Writes a JSON string.
    static void quote(StringBuilder to, String text) {
        to.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> to.append("\\\"");
                case '\\' -> to.append("\\\\");
                case '\n' -> to.append("\\n");
                case '\r' -> to.append("\\r");
                case '\t' -> to.append("\\t");
                default -> {
                    if (c < ' ') {
                        to.append("\\u00").append(Character.forDigit(c >> 4, 16));
                        to.append(Character.forDigit(c & 15, 16));
                    } else {
                        to.append(c);
                    }
                }
            }
        }
        to.append('"');
    }
}
