package dev.touchstone.llm.cpu;

import dev.touchstone.llm.text.ChatMessage;
import java.util.Arrays;
import java.util.List;

/// How a family of models was taught to read a conversation. Recognised by the control tokens that
/// the file's own template uses; the template itself is a program in another language and is not
/// run.
public enum ChatFormat {
    /// Llama 3 and its successors.
    LLAMA3,
    /// Qwen and others.
    CHATML,
    /// Llama 2.
    LLAMA2,
    /// Mistral.
    MISTRAL,
    /// Nothing known: a transcript, with the name of each speaker.
    TRANSCRIPT;

    /// Recognises a template.
    static ChatFormat of(String template) {
        if (template.contains("<|start_header_id|>")) {
            return LLAMA3;
        }
        if (template.contains("<|im_start|>")) {
            return CHATML;
        }
        if (template.contains("<<SYS>>")) {
            return LLAMA2;
        }
        return template.contains("[INST]") ? MISTRAL : TRANSCRIPT;
    }

    /// A conversation as tokens, up to where the next answer begins.
    ///
    /// @param first the token that begins every text; -1 for none
    int[] prompt(List<ChatMessage> messages, BpeTokenizer tokenizer, int first) {
        var prompt = new Prompt(tokenizer);
        prompt.token(first);
        switch (this) {
            case LLAMA3 -> llama3(messages, prompt);
            case CHATML -> chatml(messages, prompt);
            case LLAMA2, MISTRAL -> instructions(messages, prompt, first);
            case TRANSCRIPT -> transcript(messages, prompt);
        }
        return prompt.tokens();
    }

    private static void llama3(List<ChatMessage> messages, Prompt prompt) {
        for (ChatMessage message : messages) {
            llama3Header(message.role(), prompt);
            prompt.text(message.content().strip());
            prompt.control("<|eot_id|>");
        }
        llama3Header("assistant", prompt);
    }

    private static void llama3Header(String role, Prompt prompt) {
        prompt.control("<|start_header_id|>");
        prompt.text(role);
        prompt.control("<|end_header_id|>");
        prompt.text("\n\n");
    }

    private static void chatml(List<ChatMessage> messages, Prompt prompt) {
        for (ChatMessage message : messages) {
            prompt.control("<|im_start|>");
            prompt.text(message.role() + "\n" + message.content());
            prompt.control("<|im_end|>");
            prompt.text("\n");
        }
        prompt.control("<|im_start|>");
        prompt.text("assistant\n");
    }

    private void instructions(List<ChatMessage> messages, Prompt prompt, int first) {
        String system = "";
        boolean answered = false;
        for (ChatMessage message : messages) {
            String content = message.content().strip();
            switch (message.role()) {
                case "system" -> system = content;
                case "assistant" -> {
                    prompt.text(" " + content + (this == LLAMA2 ? " " : ""));
                    prompt.control("</s>");
                    answered = true;
                }
                default -> {
                    if (answered && this == LLAMA2) {
                        prompt.token(first);
                    }
                    prompt.control("[INST]");
                    prompt.text(" " + withSystem(system, content) + (this == LLAMA2 ? " " : ""));
                    prompt.control("[/INST]");
                    system = "";
                    answered = false;
                }
            }
        }
    }

    private String withSystem(String system, String content) {
        if (system.isEmpty()) {
            return content;
        }
        return this == LLAMA2
                ? "<<SYS>>\n" + system + "\n<</SYS>>\n\n" + content
                : system + "\n\n" + content;
    }

    private static void transcript(List<ChatMessage> messages, Prompt prompt) {
        var text = new StringBuilder();
        for (ChatMessage message : messages) {
            text.append(message.role()).append(": ").append(message.content()).append('\n');
        }
        prompt.text(text + "assistant:");
    }

    /// Text is gathered up to the next control token, because a tokenizer may merge across pieces.
    private static final class Prompt {
        private final BpeTokenizer tokenizer;
        private final StringBuilder text = new StringBuilder();
        private int[] tokens = {};

        Prompt(BpeTokenizer tokenizer) {
            this.tokenizer = tokenizer;
        }

        void text(String more) {
            text.append(more);
        }

        /// A control token, or its spelling as text in a vocabulary that has none.
        void control(String spelling) {
            int token = tokenizer.tokens().id(spelling);
            if (token < 0) {
                text(spelling);
            } else {
                token(token);
            }
        }

        void token(int token) {
            if (token >= 0) {
                flush();
                tokens = Arrays.copyOf(tokens, tokens.length + 1);
                tokens[tokens.length - 1] = token;
            }
        }

        private void flush() {
            if (!text.isEmpty()) {
                int[] more = tokenizer.encode(text.toString());
                int at = tokens.length;
                tokens = Arrays.copyOf(tokens, at + more.length);
                System.arraycopy(more, 0, tokens, at, more.length);
                text.setLength(0);
            }
        }

        int[] tokens() {
            flush();
            return tokens;
        }
    }
}
