package dev.touchstone.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.app.testing.Attempts;
import dev.touchstone.app.testing.Documents;
import dev.touchstone.app.testing.PracticeServer;
import dev.touchstone.app.testing.RawHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Plays the cheat: asks for everything there is, with attempts open but not handed in, and looks
/// for words of hints and answers in whatever comes back.
@DisplayName("Before an attempt is stored, the server")
class UnlockTest {
    private static final Path CONTENT =
            Path.of("../arena/src/main/resources/dev/touchstone/arena/practice");

    /// Top-level keys of a challenge that nobody may read before the attempt.
    private static final Set<String> HIDDEN =
            Set.of(
                    "hints",
                    "answer",
                    "evidence",
                    "order",
                    "fatal",
                    "mistakes",
                    "probing",
                    "reading",
                    "rubric",
                    "figures");

    /// Keys of a card that nobody may read before it is turned.
    private static final Set<String> BACK = Set.of("answer", "right");

    /// Titles of what is hidden are shown as headings.
    private static final Pattern TITLE = Pattern.compile("\\btitle: ");

    /// Names of the fields in which an opened answer says something.
    private static final Set<String> TELLING =
            Set.of(
                    "text",
                    "why",
                    "because",
                    "says",
                    "ask",
                    "answer",
                    "junior",
                    "senior",
                    "staff",
                    "principal",
                    "what",
                    "calculation",
                    "reason",
                    "right");

    private static final int TELLING_CHARS = 36;
    private static final Pattern KEY = Pattern.compile("^([a-z]+):");
    private static final Pattern CARD_KEY = Pattern.compile("^ *(?:- )?([a-z]+): *");
    private static final Pattern LINK =
            Pattern.compile("(?:href|src|action|hx-get)=\"(/[^\"#]*)\"");

    @Test
    void tells_no_hint_and_no_answer_whatever_is_asked(@TempDir Path data) throws IOException {
        Set<String> secrets = secrets();
        assertThat(secrets).hasSizeGreaterThan(1_500);
        try (var server = PracticeServer.start(data)) {
            RawHttp http = server.http();
            List<String> attempts = startEverything(http);
            for (String attempt : attempts) {
                tryToUnlock(http, attempt);
            }
            Set<String> pages = crawl(http, attempts);
            assertThat(pages).hasSizeGreaterThan(100);
            var bodies = new LinkedHashMap<String, String>();
            for (String page : pages) {
                for (String type : List.of("text/html", "application/json")) {
                    bodies.putIfAbsent(text(http.get(page, "Accept: " + type).body()), page);
                }
            }
            var leaks = new ArrayList<String>();
            bodies.forEach((body, page) ->
                    secrets.stream()
                            .filter(body::contains)
                            .forEach(secret -> leaks.add(page + " tells '" + secret + "'")));
            assertThat(leaks).isEmpty();
        }
    }

    /// Not the files but the answers as they come out in the end, figures filled in.
    @Test
    void tells_nothing_of_what_it_opens_later(@TempDir Path data) throws IOException {
        try (var server = PracticeServer.start(data)) {
            RawHttp http = server.http();
            var attempts = new Attempts(http);
            for (var brief : Documents.read(http.get("/api/challenges"))) {
                String id = brief.get("id").asString();
                String early = challenge(http, id) + attempt(http, attempts.written(id));
                // Goes on with the same attempt.
                var late = attempts.document(attempts.graded(id));
                var told = new ArrayList<String>();
                for (String opened : List.of("hints", "solution", "evidence")) {
                    tell(late.get(opened), opened, told);
                }
                assertThat(told).as(id).hasSizeGreaterThan(50);
                assertSilent(id, early, told);
            }
        }
    }

    @Test
    void tells_no_back_of_a_card_and_no_answer_of_a_drill(@TempDir Path data) throws IOException {
        try (var server = PracticeServer.start(data)) {
            RawHttp http = server.http();
            var attempts = new Attempts(http);
            String lists = body(http, "/api/cards") + body(http, "/api/errata");
            for (String list : List.of("/api/cards", "/api/errata")) {
                for (var face : Documents.read(http.get(list))) {
                    assertThat(face.propertyNames())
                            .containsExactlyInAnyOrder(
                                    "item", "topic", "topicTitle", "claim", "ask", "unit");
                    String item = face.get("item").asString();
                    String id = attempts.start(item);
                    String early = lists + attempt(http, id);
                    var told = new ArrayList<String>();
                    tell(attempts.document(attempts.turned(item)).get("back"), "back", told);
                    assertThat(told).as(item).isNotEmpty();
                    assertSilent(item, early, told);
                }
            }
            for (int drill = 1; drill <= 8; drill++) {
                String id = attempts.start("drill:D" + drill);
                String early = attempt(http, id);
                attempts.move(id, "{\"do\": \"give-up\"}");
                String answer = attempts.document(id).get("answer").asString();
                assertThat(early).as("D%d", drill).doesNotContain(plain(answer));
            }
        }
    }

    private static String challenge(RawHttp http, String id) throws IOException {
        return body(http, "/challenges/" + id) + body(http, "/api/challenges/" + id);
    }

    private static String attempt(RawHttp http, String id) throws IOException {
        return body(http, "/attempts/" + id) + body(http, "/api/attempts/" + id);
    }

    private static String body(RawHttp http, String path) throws IOException {
        return plain(http.get(path, "Accept: text/html, application/json").body());
    }

    private static void assertSilent(String what, String early, List<String> told) {
        assertThat(told.stream().filter(early::contains)).as(what).isEmpty();
    }

    /// Collects the sentences in which something is told.
    private static void tell(JsonNode node, String field, List<String> told) {
        if (node.isString()) {
            String text = plain(node.asString());
            boolean telling = TELLING.contains(field) || field.equals("hints");
            if (telling && text.length() >= TELLING_CHARS) {
                told.add(text);
            }
        } else if (node.isArray()) {
            node.forEach(each -> tell(each, field, told));
        } else {
            node.properties().stream()
                    .filter(each -> !each.getKey().equals("quote")) // one's own words
                    .forEach(each -> tell(each.getValue(), each.getKey(), told));
        }
    }

    /// As it reads, whether it comes from a page, a document or a data file.
    private static String plain(String body) {
        return text(body)
                .replace("&#39;", "'")
                .replace("&#34;", "\"")
                .replace("&quot;", "\"")
                .replace("&amp;", "&")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("\\n", " ")
                .replaceAll("[\\\\*`]", "")
                .replaceAll("\\s+", " ");
    }

    /// An attempt at every challenge and a few cards, errors and drills.
    private static List<String> startEverything(RawHttp http) throws IOException {
        var items = new ArrayList<String>();
        Documents.read(http.get("/api/challenges"))
                .forEach(challenge -> items.add("challenge:" + challenge.get("id").asString()));
        Documents.read(http.get("/api/cards"))
                .forEach(card -> items.add(card.get("item").asString()));
        Documents.read(http.get("/api/errata"))
                .forEach(card -> items.add(card.get("item").asString()));
        items.add("drill:D1");
        var attempts = new ArrayList<String>();
        for (String item : items) {
            var started = http.postJson("/api/attempts", "{\"item\": \"%s\"}".formatted(item));
            assertThat(started.status()).as(item).isEqualTo(201);
            attempts.add(Documents.read(started).get("id").asString());
        }
        return attempts;
    }

    private static void tryToUnlock(RawHttp http, String attempt) throws IOException {
        var document = Documents.read(http.get("/api/attempts/" + attempt));
        if (document.has("face") && document.get("face").get("claim").asString().isEmpty()) {
            return; // A card may be turned at once; that is its attempt.
        }
        List<String> moves =
                List.of(
                        "{\"do\": \"open-hint\"}",
                        "{\"do\": \"open-answer\"}",
                        "{\"do\": \"self-grade\", \"levels\": {\"numbers\": \"PRINCIPAL\"}}",
                        "{\"do\": \"reflect\", \"sentence\": \"nothing\"}",
                        "{\"do\": \"submit\"}",
                        "{\"do\": \"start\", \"item\": \"challenge:FEED\", \"seed\": 0, \"time\": \"PT0S\", \"revision\": \"PT0S\", \"tries\": 0}");
        for (String move : moves) {
            var answer = http.postJson("/api/attempts/" + attempt + "/moves", move);
            assertThat(answer.status()).as("%s %s", attempt, move).isBetween(400, 499);
        }
    }

    /// Every page that links lead to, every route without a name in it, every asset, every attempt.
    private static Set<String> crawl(RawHttp http, List<String> attempts) throws IOException {
        var seen = new TreeSet<String>();
        var next = new ArrayList<String>(List.of("/", "/cards", "/progress", "/openapi.json"));
        Documents.read(http.get("/openapi.json"))
                .get("paths")
                .propertyNames()
                .forEach(path -> {
                    if (!path.contains("{") && !path.endsWith("/next")) {
                        next.add(path);
                    }
                });
        for (String attempt : attempts) {
            next.add("/attempts/" + attempt);
            next.add("/api/attempts/" + attempt);
        }
        Documents.read(http.get("/api/challenges"))
                .forEach(challenge -> {
                    next.add("/challenges/" + challenge.get("id").asString());
                    next.add("/api/challenges/" + challenge.get("id").asString());
                });
        while (!next.isEmpty()) {
            String page = next.removeLast();
            if (!seen.add(page) || page.startsWith("/runs/")) {
                continue;
            }
            var links = LINK.matcher(http.get(page, "Accept: text/html").body());
            while (links.find()) {
                String link = links.group(1);
                // That page starts attempts; and drills and plans go on for ever, one is enough.
                if (!link.startsWith("/cards/next") && !link.contains("?")) {
                    next.add(link);
                }
            }
        }
        return seen;
    }

    /// Telling pieces of what is hidden.
    private static Set<String> secrets() throws IOException {
        var secrets = new LinkedHashSet<String>();
        var open = new StringBuilder();
        try (Stream<Path> files = Files.walk(CONTENT)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".yaml")).toList()) {
                String folder = CONTENT.relativize(file).toString();
                if (folder.startsWith("challenges")) {
                    split(Files.readString(file), secrets, open);
                } else if (!folder.startsWith("frameworks")) {
                    splitCards(Files.readString(file), secrets, open);
                }
            }
        }
        // What a scenario says as well is no secret.
        secrets.removeIf(secret -> text(open.toString()).contains(secret));
        return secrets;
    }

    private static void split(String file, Set<String> secrets, StringBuilder open) {
        String key = "";
        for (String line : file.lines().toList()) {
            var found = KEY.matcher(line);
            if (found.find()) {
                key = found.group(1);
            }
            if (HIDDEN.contains(key) && !TITLE.matcher(line).find()) {
                pieces(line, secrets);
            } else {
                open.append(line).append('\n');
            }
        }
    }

    private static void splitCards(String file, Set<String> secrets, StringBuilder open) {
        String key = "";
        for (String line : file.lines().toList()) {
            var found = CARD_KEY.matcher(line);
            if (found.find()) {
                key = found.group(1);
            }
            if (BACK.contains(key)) {
                pieces(line, secrets);
            } else {
                open.append(line).append('\n');
            }
        }
    }

    private static void pieces(String line, Set<String> secrets) {
        for (String piece : line.split("[^A-Za-z0-9 .,;-]+", -1)) {
            String stripped = piece.strip();
            if (stripped.length() >= TELLING_CHARS) {
                secrets.add(stripped);
            }
        }
    }

    private static String text(String body) {
        return body.replaceAll("<[^>]*>", "").replaceAll("\\s+", " ");
    }
}
