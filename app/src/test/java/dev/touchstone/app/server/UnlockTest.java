package dev.touchstone.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.app.testing.Documents;
import dev.touchstone.app.testing.PracticeServer;
import dev.touchstone.app.testing.RawHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
                    "figures");

    private static final int TELLING_CHARS = 32;
    private static final Pattern KEY = Pattern.compile("^([a-z]+):");
    private static final Pattern LINK =
            Pattern.compile("(?:href|src|action|hx-get)=\"(/[^\"#]*)\"");
    private static final Pattern BACK = Pattern.compile("\\b(?:answer|right): *\"([^\"]*)\"");

    @Test
    void tells_no_hint_and_no_answer_whatever_is_asked(@TempDir Path data) throws IOException {
        Set<String> secrets = secrets();
        assertThat(secrets).hasSizeGreaterThan(500);
        try (var server = PracticeServer.start(data)) {
            RawHttp http = server.http();
            List<String> attempts = startEverything(http);
            for (String attempt : attempts) {
                tryToUnlock(http, attempt);
            }
            Set<String> pages = crawl(http, attempts);
            assertThat(pages).hasSizeGreaterThan(100);
            for (String page : pages) {
                String body = text(http.get(page, "Accept: text/html").body());
                String json = text(http.get(page, "Accept: application/json").body());
                for (String secret : secrets) {
                    assertThat(body.contains(secret) || json.contains(secret))
                            .as("%s tells '%s'", page, secret)
                            .isFalse();
                }
            }
        }
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
                    var backs = BACK.matcher(Files.readString(file));
                    while (backs.find()) {
                        pieces(backs.group(1), secrets);
                    }
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
            if (HIDDEN.contains(key)) {
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
