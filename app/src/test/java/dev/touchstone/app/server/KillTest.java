package dev.touchstone.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.app.testing.Documents;
import dev.touchstone.app.testing.PracticeServer;
import dev.touchstone.app.testing.RawHttp;
import dev.touchstone.app.testing.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A server that is killed")
class KillTest {
    @Test
    void has_every_acknowledged_action_when_it_is_started_again(@TempDir Path data)
            throws Exception {
        String run;
        String before;
        try (var process = ServerProcess.start(data)) {
            RawHttp http = process.http();
            run = PracticeServer.startRun(http, 7);
            act(http, run, "{\"do\":\"probe\",\"probe\":\"held-time\"}");
            act(http, run, "{\"do\":\"pull\",\"lever\":\"context-cap\",\"option\":\"8k\"}");
            act(http, run, "{\"do\":\"announce\",\"status\":\"Capped at 8k.\"}");
            before = http.get("/api/runs/" + run).body();
            process.kill();
        }
        try (var process = ServerProcess.start(data)) {
            RawHttp http = process.http();
            assertThat(http.get("/api/runs/" + run).body()).isEqualTo(before);
            act(http, run, "{\"do\":\"note\",\"text\":\"still here\"}");
        }
    }

    @Test
    void while_a_run_plays_finds_it_paused_where_it_last_wrote(@TempDir Path data)
            throws Exception {
        String run;
        try (var process = ServerProcess.start(data)) {
            RawHttp http = process.http();
            run = PracticeServer.startRun(http, 7);
            http.postJson("/api/runs/" + run + "/play", "{\"speed\":60}");
            http.awaitLine("/api/runs/" + run + "/events", line -> now(line) > 90);
            process.kill();
        }
        try (var process = ServerProcess.start(data)) {
            var found = Documents.read(process.http().get("/api/runs/" + run));
            assertThat(found.get("playing").asBoolean()).isFalse();
            assertThat(Duration.parse(found.get("observation").get("now").asString())).isPositive();
        }
    }

    private static double now(String line) {
        return line.startsWith("data:")
                ? Documents.read(line.substring("data:".length())).get("now").asDouble()
                : 0;
    }

    private static void act(RawHttp http, String run, String action) throws IOException {
        assertThat(http.postJson("/api/runs/" + run + "/actions", action).status()).isEqualTo(200);
    }
}
