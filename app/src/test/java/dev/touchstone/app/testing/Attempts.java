package dev.touchstone.app.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Brings attempts to where a test wants them, over the API.
public final class Attempts {
    /// Right and wrong at once, long enough to wrap, for every section of every challenge.
    private static final String TEXT =
            "Hold the release first. The peak is 2,778 requests/s, which needs 51 A100. The GPU is the"
                    + " bottleneck, so add more GPU hosts.\\n\\nA list of popular posts stands in, never"
                    + " an error.";

    private final RawHttp http;

    public Attempts(RawHttp http) {
        this.http = http;
    }

    /// Starts one.
    ///
    /// @param item `challenge:FEED`
    /// @return its id
    public String start(String item) throws IOException {
        var started = http.postJson("/api/attempts", "{\"item\": \"%s\"}".formatted(item));
        assertThat(started.status()).as(item).isEqualTo(201);
        return Documents.read(started).get("id").asString();
    }

    /// Starts a challenge and writes something in every section.
    public String written(String challenge) throws IOException {
        String id = start("challenge:" + challenge);
        JsonNode form = Documents.read(http.get("/api/challenges/" + challenge)).get("form");
        for (JsonNode section : form) {
            String text =
                    switch (section.get("input").asString()) {
                        case "NUMBER" -> "2,778 " + section.get("unit").asString();
                        case "TIME" -> "13:45";
                        case "BUDGET" -> "10 " + section.get("unit").asString();
                        default -> TEXT;
                    };
            String sure =
                    section.get("id").asString().startsWith("question/")
                            ? ", \"certainty\": 2"
                            : "";
            move(
                    id,
                    "{\"do\": \"save\", \"section\": \"%s\", \"text\": \"%s\"%s}"
                            .formatted(section.get("id").asString(), text, sure));
        }
        return id;
    }

    public String submitted(String challenge) throws IOException {
        String id = written(challenge);
        move(id, "{\"do\": \"submit\"}");
        return id;
    }

    /// With the first hint open and time to revise.
    public String revising(String challenge) throws IOException {
        String id = submitted(challenge);
        move(id, "{\"do\": \"open-hint\"}");
        return id;
    }

    /// With the model answer beside a revised one, and a note.
    public String compared(String challenge) throws IOException {
        String id = revising(challenge);
        String section =
                ids(Documents.read(http.get("/api/challenges/" + challenge)).get("form"), "id")
                        .getLast();
        move(
                id,
                "{\"do\": \"save\", \"section\": \"%s\", \"text\": \"Revised.\"}"
                        .formatted(section));
        move(id, "{\"do\": \"open-answer\"}");
        move(
                id,
                "{\"do\": \"annotate\", \"section\": \"%s\", \"text\": \"A gap.\"}"
                        .formatted(section));
        return id;
    }

    /// With the evidence open.
    public String graded(String challenge) throws IOException {
        String id = compared(challenge);
        JsonNode rubric = document(id).get("solution").get("rubric");
        String levels =
                ids(rubric, "dimension").stream()
                        .map("\"%s\": \"STAFF\""::formatted)
                        .collect(Collectors.joining(", "));
        move(id, "{\"do\": \"self-grade\", \"levels\": {%s}}".formatted(levels));
        return id;
    }

    public String finished(String challenge) throws IOException {
        String id = graded(challenge);
        move(id, "{\"do\": \"reflect\", \"sentence\": \"I did not count before I drew.\"}");
        return id;
    }

    /// A card or an error, turned.
    public String turned(String item) throws IOException {
        String id = start(item);
        move(id, "{\"do\": \"answer\", \"text\": \"40 GB\", \"certainty\": 3}");
        move(id, "{\"do\": \"open-answer\"}");
        return id;
    }

    /// What the API says of it.
    public JsonNode document(String id) throws IOException {
        return Documents.read(http.get("/api/attempts/" + id));
    }

    /// Makes a move that has to be accepted.
    public void move(String id, String move) throws IOException {
        var answer = http.postJson("/api/attempts/" + id + "/moves", move);
        assertThat(answer.status()).as("%s %s: %s", id, move, answer.body()).isEqualTo(200);
    }

    private static List<String> ids(JsonNode list, String field) {
        var ids = new ArrayList<String>();
        list.forEach(each -> ids.add(each.get(field).asString()));
        return ids;
    }
}
