package dev.touchstone.llm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.llm.training.Training.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A training")
class TrainingTest {
    private static final Plan MINIATURE =
            new Plan(new Shape(1, 64, 2, 1, 96, 384, 64), 90, 4, 64, 5e-3, 7);

    @Test
    void learns() {
        List<Double> losses = new ArrayList<>();
        boolean finished =
                new Training(MINIATURE)
                        .run((_, loss) -> {
                            losses.add(loss);
                            return true;
                        });
        assertThat(finished).isTrue();
        assertThat(losses).hasSize(90);
        assertThat(losses.getFirst()).isBetween(5.5, 6.5); // about ln 384: it knows nothing
        assertThat(losses.getLast()).isLessThan(losses.getFirst() - 1);
    }

    @Test
    void gives_the_same_file_for_the_same_plan_and_another_for_another_seed() {
        Plan plan = MINIATURE.with(3, 7);
        byte[] first = trained(plan);
        assertThat(trained(plan)).isEqualTo(first);
        assertThat(trained(plan.with(3, 8))).isNotEqualTo(first);
    }

    private static byte[] trained(Plan plan) {
        var training = new Training(plan);
        training.run((_, _) -> true);
        return training.toGguf();
    }

    @Test
    void ends_in_the_same_file_when_it_was_stopped_and_resumed(@TempDir Path folder)
            throws IOException {
        Path checkpoint = folder.resolve("checkpoint");
        Plan plan = MINIATURE.with(6, 7);
        var stopped = new Training(plan);
        assertThat(stopped.run((step, _) -> step < 4)).isFalse();
        stopped.save(checkpoint);
        assertThat(folder).isDirectoryContaining(file -> file.equals(checkpoint));

        var resumed = new Training(plan);
        resumed.resume(checkpoint);
        assertThat(resumed.step()).isEqualTo(4);
        assertThat(resumed.run((_, _) -> true)).isTrue();
        assertThat(resumed.toGguf()).isEqualTo(trained(plan));
    }

    @Test
    void refuses_a_checkpoint_that_is_damaged_cut_or_of_another_plan(@TempDir Path folder)
            throws IOException {
        Path checkpoint = folder.resolve("checkpoint");
        var training = new Training(MINIATURE);
        training.save(checkpoint);
        assertThatThrownBy(() -> new Training(MINIATURE.with(91, 7)).resume(checkpoint))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("other steps, seed or text");

        byte[] bytes = Files.readAllBytes(checkpoint);
        bytes[bytes.length / 2] ^= 1;
        Files.write(checkpoint, bytes);
        assertThatThrownBy(() -> training.resume(checkpoint))
                .hasMessageContaining("check sum is wrong");

        Files.write(checkpoint, Arrays.copyOf(bytes, bytes.length - 1));
        assertThatThrownBy(() -> training.resume(checkpoint)).hasMessageContaining("delete it");
    }
}
