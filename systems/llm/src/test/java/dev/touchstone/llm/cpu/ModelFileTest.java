package dev.touchstone.llm.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.touchstone.llm.text.ChatMessage;
import dev.touchstone.testkit.Seeds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

@DisplayName("A model file")
class ModelFileTest {
    @TempDir private Path folder;

    private final Path whole = Expected.file("gguf/q8_0.gguf");

    @Test
    void that_is_not_there_is_missed_by_its_name() {
        assertThatExceptionOfType(ModelFileException.class)
                .isThrownBy(() -> LanguageModels.open(folder.resolve("none.gguf")))
                .withMessageContaining("none.gguf: there is no such file; give a .gguf file");
    }

    @ParameterizedTest(name = "seed {0}")
    @Seeds(60)
    void that_ends_early_is_refused_wherever_it_ends(long seed) throws IOException {
        byte[] bytes = Files.readAllBytes(whole);
        int length = (int) (new SplittableRandom(seed).nextDouble() * bytes.length);
        Path file = write(Arrays.copyOf(bytes, length));
        assertThatExceptionOfType(ModelFileException.class)
                .isThrownBy(() -> LanguageModels.open(file))
                .withMessageMatching(".*(ends after .* fetch it again|is no GGUF file).*");
    }

    @Test
    void of_another_architecture_is_refused_with_those_that_work() throws IOException {
        Path file = write(replaced("llama", "mamba"));
        assertThatExceptionOfType(ModelFileException.class)
                .isThrownBy(() -> LanguageModels.open(file))
                .withMessageContaining("architecture 'mamba', which is not supported; llama");
    }

    @Test
    void of_a_type_that_is_not_supported_is_refused_with_a_way_out() throws IOException {
        byte[] bytes = Files.readAllBytes(whole);
        byte[] name = "blk.0.attn_q.weight".getBytes(StandardCharsets.US_ASCII);
        int at = indexOf(bytes, name) + name.length + 4 + 2 * 8;
        bytes[at] = 12;
        assertThatExceptionOfType(ModelFileException.class)
                .isThrownBy(() -> LanguageModels.open(write(bytes)))
                .withMessageContaining("tensor blk.0.attn_q.weight is of GGML type Q4_K")
                .withMessageContaining("llama-quantize");
    }

    @Test
    void with_a_tensor_of_another_shape_is_refused() throws IOException {
        byte[] bytes = Files.readAllBytes(whole);
        byte[] key = "llama.feed_forward_length".getBytes(StandardCharsets.US_ASCII);
        bytes[indexOf(bytes, key) + key.length + 4] = 96;
        assertThatExceptionOfType(ModelFileException.class)
                .isThrownBy(() -> LanguageModels.open(write(bytes)))
                .withMessageContaining("is 128 × 64, the model's own figures make it 96 × 64");
    }

    @Test
    void in_a_folder_without_a_configuration_is_refused() {
        assertThatExceptionOfType(ModelFileException.class)
                .isThrownBy(() -> LanguageModels.open(folder))
                .withMessageContaining("config.json: is missing; fetch it");
    }

    @Test
    void of_safetensors_that_end_early_is_refused() throws IOException {
        Path source = Expected.file("qwen2");
        for (String name : List.of("config.json", "tokenizer.json", "tokenizer_config.json")) {
            Files.copy(source.resolve(name), folder.resolve(name));
        }
        byte[] bytes = Files.readAllBytes(source.resolve("model.safetensors"));
        Files.write(folder.resolve("model.safetensors"), Arrays.copyOf(bytes, bytes.length - 1000));
        assertThatExceptionOfType(ModelFileException.class)
                .isThrownBy(() -> LanguageModels.open(folder))
                .withMessageContaining("the download stopped early, fetch it again");
    }

    @Test
    void says_how_conversations_are_put_to_its_model() throws IOException {
        List<ChatMessage> messages =
                List.of(
                        new ChatMessage("system", "Be brief."),
                        new ChatMessage("user", "Hello"),
                        new ChatMessage("assistant", "Hi"),
                        new ChatMessage("user", "Bye <|eot_id|>"));
        CpuModel llama = LanguageModels.open(Expected.file("llama3"));
        assertThat(llama.chatFormat()).isEqualTo(ChatFormat.LLAMA3);
        int[] prompt = llama.chatPrompt(messages);
        assertThat(spelled(llama, prompt))
                .isEqualTo(
                        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>"
                                + "<|start_header_id|>user<|end_header_id|>\n\nHello<|eot_id|>"
                                + "<|start_header_id|>assistant<|end_header_id|>\n\nHi<|eot_id|>"
                                + "<|start_header_id|>user<|end_header_id|>\n\nBye <|eot_id|><|eot_id|>"
                                + "<|start_header_id|>assistant<|end_header_id|>\n\n");
        int ends = ((BpeTokenizer) llama.tokenizer()).tokens().id("<|eot_id|>");
        assertThat(Arrays.stream(prompt).filter(token -> token == ends))
                .as("what looks like a control token in a message is text")
                .hasSize(4);
        CpuModel qwen = LanguageModels.open(Expected.file("qwen3"));
        assertThat(spelled(qwen, qwen.chatPrompt(messages.subList(1, 2))))
                .isEqualTo("<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n");
        CpuModel mistral = LanguageModels.open(Expected.file("mistral"));
        assertThat(spelled(mistral, mistral.chatPrompt(messages.subList(1, 3))))
                .isEqualTo("<s> [INST] Hello[/INST] Hi</s>");
    }

    @Test
    void begins_a_text_as_its_model_was_taught() throws IOException {
        assertThat(LanguageModels.open(Expected.file("mistral")).textPrompt("a")[0]).isEqualTo(1);
        CpuModel qwen = LanguageModels.open(Expected.file("qwen2"));
        assertThat(qwen.textPrompt("a b")).isEqualTo(qwen.tokenizer().encode("a b"));
    }

    private static String spelled(CpuModel model, int[] tokens) {
        var text = new ByteArrayOutputStream();
        for (int token : tokens) {
            byte[] bytes = model.tokenizer().bytes(token);
            if (bytes.length == 0) {
                String control = ((BpeTokenizer) model.tokenizer()).tokens().spellings().get(token);
                bytes = control.getBytes(StandardCharsets.UTF_8);
            }
            text.writeBytes(bytes);
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("model.gguf"), bytes);
    }

    /// The file with the first text that equals `from` replaced by one of the same length.
    private byte[] replaced(String from, String to) throws IOException {
        byte[] bytes = Files.readAllBytes(whole);
        int at = indexOf(bytes, from.getBytes(StandardCharsets.US_ASCII));
        System.arraycopy(to.getBytes(StandardCharsets.US_ASCII), 0, bytes, at, to.length());
        return bytes;
    }

    private static int indexOf(byte[] bytes, byte[] part) {
        for (int at = 0; at + part.length <= bytes.length; at++) {
            if (Arrays.equals(bytes, at, at + part.length, part, 0, part.length)) {
                return at;
            }
        }
        throw new AssertionError("not found");
    }
}
