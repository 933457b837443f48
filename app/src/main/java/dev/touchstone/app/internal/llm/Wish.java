package dev.touchstone.app.internal.llm;

import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.llm.Question.Account;
import dev.touchstone.llm.Request;
import dev.touchstone.llm.text.ChatMessage;
import dev.touchstone.llm.text.LanguageModel;
import dev.touchstone.llm.text.Sampling;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import tools.jackson.databind.JsonNode;

/// A request to one of the two endpoints, read and checked: the question, and how its answer is to
/// be told.
///
/// @param chat whether it is a conversation, or else a text to go on with
/// @param stream whether the answer is told as it comes
/// @param usage whether a stream ends with the tokens that were used
record Wish(boolean chat, Question question, boolean stream, boolean usage) {
    private static final int MAX_CHOICES = 16;
    private static final int MAX_LOGPROBS = 20;
    private static final int MAX_COMPLETION_LOGPROBS = 5;
    private static final int USUAL_COMPLETION_TOKENS = 16;
    private static final int MAX_SESSION_CHARS = 256;
    private static final int MAX_PRIORITY = 1_000_000;
    private static final double MAX_TEMPERATURE = 2;

    /// What wishes are read against.
    ///
    /// @param longest most tokens of prompt and answer together
    /// @param seeds drawn from where the client names none
    record Terms(LanguageModel model, int longest, LongSupplier seeds, Account account) {}

    /// Reads the body of `/v1/chat/completions`.
    ///
    /// @throws ApiError when it cannot be done as it is
    static Wish chat(byte[] body, Terms terms) {
        Fields fields = fields(body, terms);
        String noTools = "this model calls no tools; leave them out, or ask a server that does";
        fields.refuse("tools", noTools);
        fields.refuse("functions", noTools);
        fields.get("response_format").ifPresent(Wish::plainTextOnly);
        boolean logprobs = fields.flag("logprobs");
        Optional<Integer> top = fields.whole("top_logprobs", 0, MAX_LOGPROBS);
        if (top.isPresent() && !logprobs) {
            throw ApiError.field("top_logprobs", "needs logprobs to be true");
        }
        int[] prompt = terms.model().chatPrompt(messages(fields));
        String limit =
                fields.get("max_completion_tokens").isPresent()
                        ? "max_completion_tokens"
                        : "max_tokens";
        int maxTokens = maxTokens(fields, limit, prompt, terms, Integer.MAX_VALUE);
        return of(true, fields, prompt, maxTokens, logprobs ? top.orElse(0) : -1, terms);
    }

    /// Reads the body of `/v1/completions`.
    ///
    /// @throws ApiError when it cannot be done as it is
    static Wish completion(byte[] body, Terms terms) {
        Fields fields = fields(body, terms);
        fields.refuse("suffix", "this model writes on, it does not fill in; leave it out");
        fields.refuse("echo", "the prompt is not repeated; leave it out");
        fields.refuse("best_of", "answers are not compared; use n instead");
        int top = fields.whole("logprobs", 0, MAX_COMPLETION_LOGPROBS).orElse(-1);
        int[] prompt = prompt(fields, terms.model());
        int maxTokens = maxTokens(fields, "max_tokens", prompt, terms, USUAL_COMPLETION_TOKENS);
        return of(false, fields, prompt, maxTokens, top, terms);
    }

    private static Fields fields(byte[] body, Terms terms) {
        Fields fields;
        try {
            fields = new Fields(Json.readObject(body));
        } catch (Json.Malformed e) {
            throw ApiError.malformed(e);
        }
        String here = terms.model().spec().name();
        String asked =
                fields.text("model")
                        .orElseThrow(() ->
                                ApiError.field(
                                        "model", "is missing; here it is '%s'".formatted(here)));
        if (!asked.equals(here)) {
            throw ApiError.noSuchModel(asked, here);
        }
        String noPenalty = "this server does not weigh tokens; leave it out";
        fields.refuse("frequency_penalty", noPenalty);
        fields.refuse("presence_penalty", noPenalty);
        fields.refuse("logit_bias", noPenalty);
        return fields;
    }

    private static Wish of(
            boolean chat, Fields fields, int[] prompt, int maxTokens, int top, Terms terms) {
        boolean stream = fields.flag("stream");
        Optional<JsonNode> options = fields.get("stream_options");
        if (options.isPresent() && !stream) {
            throw ApiError.field("stream_options", "needs stream to be true");
        }
        double topP = fields.number("top_p", 0, 1, 1);
        if (topP == 0) {
            throw ApiError.field("top_p", "must be above 0; leave it out for no limit");
        }
        var sampling =
                new Sampling(
                        fields.number("temperature", 0, MAX_TEMPERATURE, 1),
                        topP,
                        fields.seed("seed").orElseGet(terms.seeds()::getAsLong),
                        top);
        String session =
                terms.account().session().isEmpty()
                        ? fields.text("prompt_cache_key").or(() -> fields.text("user")).orElse("")
                        : terms.account().session();
        if (session.length() > MAX_SESSION_CHARS) {
            throw ApiError.field(
                    "prompt_cache_key", "may have %d characters".formatted(MAX_SESSION_CHARS));
        }
        var question =
                new Question(
                        prompt,
                        fields.whole("n", 1, MAX_CHOICES).orElse(1),
                        maxTokens,
                        fields.texts("stop", Question.MAX_STOPS),
                        sampling,
                        new Account(terms.account().key(), session),
                        urgency(fields));
        boolean usage = options.map(node -> new Fields(node).flag("include_usage")).orElse(false);
        return new Wish(chat, question, stream, usage);
    }

    /// `priority` as vLLM has it; `deadline_ms` is ours.
    private static Request.Terms urgency(Fields fields) {
        Request.Terms usual =
                Request.Terms.USUAL.withPriority(
                        fields.whole("priority", -MAX_PRIORITY, MAX_PRIORITY).orElse(0));
        return fields.whole("deadline_ms", 1, Integer.MAX_VALUE)
                .map(millis ->
                        usual.withDeadlines(
                                Request.Terms.NEVER, TimeUnit.MILLISECONDS.toNanos(millis)))
                .orElse(usual);
    }

    private static int maxTokens(Fields fields, String name, int[] prompt, Terms terms, int usual) {
        int room = terms.longest() - prompt.length;
        if (room < 1) {
            throw ApiError.tooLong(
                    "messages",
                    "the prompt has %d tokens and this model holds %d of prompt and answer together; shorten it by at least %d"
                            .formatted(prompt.length, terms.longest(), 1 - room));
        }
        int asked = fields.whole(name, 1, Integer.MAX_VALUE).orElse(Math.min(usual, room));
        if (asked > room) {
            throw ApiError.tooLong(
                    name,
                    "the prompt has %d tokens and %s asks for %d more, but this model holds %d together; lower %s to %d or shorten the prompt"
                            .formatted(prompt.length, name, asked, terms.longest(), name, room));
        }
        return asked;
    }

    private static List<ChatMessage> messages(Fields fields) {
        JsonNode list =
                fields.get("messages").orElseThrow(() -> ApiError.field("messages", "is missing"));
        if (!list.isArray() || list.isEmpty()) {
            throw ApiError.field("messages", "must be a list of at least one message");
        }
        var messages = new ArrayList<ChatMessage>();
        for (int i = 0; i < list.size(); i++) {
            String at = "messages[%d]".formatted(i);
            if (!list.get(i).isObject()) {
                throw ApiError.field(at, "must be an object with role and content");
            }
            messages.add(message(at, new Fields(list.get(i))));
        }
        return messages;
    }

    private static ChatMessage message(String at, Fields fields) {
        String role = fields.text("role").orElse("");
        String known =
                switch (role) {
                    case "system", "developer" -> "system";
                    case "user", "assistant", "tool" -> role;
                    default ->
                            throw ApiError.field(
                                    at + ".role",
                                    "must be system, developer, user, assistant or tool, got '%s'"
                                            .formatted(role));
                };
        JsonNode content = fields.get("content").orElse(null);
        if (content == null) {
            if (role.equals("assistant")) {
                return new ChatMessage(known, ""); // It only called tools.
            }
            throw ApiError.field(at + ".content", "is missing");
        }
        if (content.isString()) {
            return new ChatMessage(known, content.stringValue());
        }
        if (!content.isArray()) {
            throw ApiError.field(at + ".content", "must be a string or a list of parts");
        }
        var text = new StringBuilder();
        for (JsonNode part : content) {
            var parts = new Fields(part);
            if (!parts.text("type").orElse("").equals("text")) {
                throw ApiError.unsupported(
                        at + ".content", "this model reads text only; leave other parts out");
            }
            text.append(parts.text("text").orElse(""));
        }
        return new ChatMessage(known, text.toString());
    }

    private static int[] prompt(Fields fields, LanguageModel model) {
        JsonNode prompt =
                fields.get("prompt").orElseThrow(() -> ApiError.field("prompt", "is missing"));
        if (prompt.isArray() && prompt.size() == 1 && !prompt.get(0).isNumber()) {
            prompt = prompt.get(0);
        }
        if (prompt.isString() && !prompt.stringValue().isEmpty()) {
            return model.textPrompt(prompt.stringValue());
        }
        if (!prompt.isArray() || prompt.isEmpty()) {
            throw ApiError.field("prompt", "must be a text or a list of tokens, and not empty");
        }
        int[] tokens = new int[prompt.size()];
        for (int i = 0; i < tokens.length; i++) {
            JsonNode token = prompt.get(i);
            if (!token.isInt()
                    || token.intValue() < 0
                    || token.intValue() >= model.tokenizer().vocabulary()) {
                throw ApiError.field(
                        "prompt",
                        "must be one text or one list of tokens from 0 to %d; send a request for each prompt"
                                .formatted(model.tokenizer().vocabulary() - 1));
            }
            tokens[i] = token.intValue();
        }
        return tokens;
    }

    private static void plainTextOnly(JsonNode format) {
        if (!new Fields(format).text("type").orElse("").equals("text")) {
            throw ApiError.unsupported(
                    "response_format", "this model is not held to a format; use type text");
        }
    }
}
