package dev.touchstone.app.internal.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.arena.Action;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A run's journal")
class JournalTest {
    private static final JournalEntry.Started FIRST =
            new JournalEntry.Started("WR4", 7, Instant.parse("2026-11-23T09:30:00Z"));
    private static final JournalEntry LOOKED =
            new JournalEntry.Acted(Duration.ofMinutes(3), new Action.Probe("held-time"));
    private static final JournalEntry WAITED =
            new JournalEntry.Acted(Duration.ofMinutes(4), new Action.Wait(Duration.ofMinutes(1)));

    @TempDir private Path directory = Path.of("");
    private Path file = Path.of("");

    @BeforeEach
    void create() throws IOException {
        file = directory.resolve("run.jsonl");
        try (Journal journal = Journal.create(file, FIRST)) {
            journal.append(LOOKED);
        }
    }

    @Test
    void reads_what_was_appended_one_document_a_line() throws IOException {
        assertThat(Journal.read(file)).containsExactly(FIRST, LOOKED);
        assertThat(Files.readAllLines(file))
                .last()
                .isEqualTo(
                        "{\"entry\":\"acted\",\"at\":\"PT3M\",\"action\":{\"do\":\"probe\",\"probe\":\"held-time\"}}");
    }

    @Test
    void ignores_every_possible_torn_last_line_and_cuts_it_off() throws IOException {
        String whole = Files.readString(file);
        String torn =
                "{\"entry\":\"acted\",\"at\":\"PT4M\",\"action\":{\"do\":\"wait\",\"duration\":\"PT1M\"}}";
        for (int length = 1; length <= torn.length(); length++) {
            Files.writeString(file, whole + torn.substring(0, length));

            assertThat(Journal.read(file)).containsExactly(FIRST, LOOKED);
            try (Journal journal = Journal.open(file)) {
                journal.append(WAITED);
            }
            assertThat(Journal.read(file)).containsExactly(FIRST, LOOKED, WAITED);
        }
    }

    @Test
    void with_a_damaged_line_is_refused_with_its_number() throws IOException {
        Files.writeString(file, "{\"entry\":\"acted\"}\n", StandardOpenOption.APPEND);
        assertThatThrownBy(() -> Journal.read(file)).hasMessageContaining("line 3");
    }

    @Test
    void is_never_overwritten() {
        assertThatThrownBy(() -> Journal.create(file, FIRST)).isInstanceOf(IOException.class);
        assertThat(List.of(file)).allMatch(Files::exists);
    }
}
