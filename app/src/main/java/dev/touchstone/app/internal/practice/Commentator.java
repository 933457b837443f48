package dev.touchstone.app.internal.practice;

import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.simulate.WholeFile;
import dev.touchstone.arena.practice.Brief;
import dev.touchstone.arena.practice.ChallengeAttempt;
import dev.touchstone.arena.practice.Solution;
import dev.touchstone.arena.practice.Written;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Comments of a language model on a graded attempt, where somebody has named a server that speaks
/// OpenAI's chat API. They are words beside the grade: no point and no level depends on them.
public final class Commentator {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofMinutes(3);
    private static final int MAX_TOKENS = 700;

    /// Many times what so many tokens take.
    private static final long MAX_BYTES = 1024 * 1024;

    private static final int OK = 200;
    private static final int SHOWN_CHARS = 300;

    private static final String TASK =
            "You comment on an engineer's answer to a practice challenge. You see the challenge,"
                    + " a model answer, and the answer. Name at most five things: what is missing,"
                    + " what is wrong, and what is better than in the model answer, each in one or"
                    + " two sentences with a reason. Give no grade and no points. Plain text.";

    private final Endpoint endpoint;
    private final Path folder;
    private final HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT).build();

    /// @param data the data directory
    public Commentator(Endpoint endpoint, Path data) {
        this.endpoint = endpoint;
        this.folder = data.resolve("comments");
    }

    /// A server that speaks OpenAI's chat API.
    ///
    /// @param url up to and including the version: `http://127.0.0.1:8000/v1`
    /// @param key sent as a bearer token, if there is one
    public record Endpoint(URI url, String model, Optional<String> key) {
        /// Rejects what no request could be sent to.
        public Endpoint {
            String scheme = String.valueOf(url.getScheme());
            if (!scheme.equals("http") && !scheme.equals("https")) {
                throw new IllegalArgumentException(
                        "'%s' is not an address such as http://127.0.0.1:8000/v1".formatted(url));
            }
            if (model.isBlank()) {
                throw new IllegalArgumentException(
                        "name the model that %s should answer with".formatted(url));
            }
        }
    }

    /// Whose comments these are.
    public String model() {
        return endpoint.model();
    }

    /// What was said of an attempt before.
    public Optional<String> kept(String attempt) {
        Path file = file(attempt);
        try {
            return Files.isRegularFile(file)
                    ? Optional.of(Files.readString(file))
                    : Optional.empty();
        } catch (IOException e) {
            throw disk(e);
        }
    }

    /// Asks for comments and keeps them.
    ///
    /// @param sitting a challenge's, with its grade open
    /// @throws PracticeException when it is not, or the server cannot be reached or says no
    public void comment(Sitting sitting) {
        if (!(sitting.attempt() instanceof ChallengeAttempt attempt)
                || attempt.evidence().isEmpty()) {
            throw new PracticeException(
                    PracticeException.Kind.MALFORMED,
                    "comments are made on challenges, once the evidence is open");
        }
        String comments = ask(attempt);
        try {
            Files.createDirectories(folder);
            WholeFile.write(file(sitting.id()), comments);
        } catch (IOException e) {
            throw disk(e);
        }
    }

    private String ask(ChallengeAttempt attempt) {
        byte[] body =
                Json.bytes(
                        Map.of(
                                "model", endpoint.model(),
                                "max_tokens", MAX_TOKENS,
                                "messages",
                                        List.of(
                                                Map.of("role", "system", "content", TASK),
                                                Map.of("role", "user", "content", text(attempt)))));
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(endpoint.url() + "/chat/completions"))
                        .timeout(ANSWER)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofByteArray(body));
        endpoint.key().ifPresent(key -> request.header("Authorization", "Bearer " + key));
        try {
            HttpResponse<byte[]> answer =
                    client.send(
                            request.build(),
                            BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_BYTES));
            String said = new String(answer.body(), StandardCharsets.UTF_8);
            if (answer.statusCode() != OK) {
                throw refused(
                        "%s answered %d: %s"
                                .formatted(endpoint.url(), answer.statusCode(), shorten(said)));
            }
            return Json.readLeniently(answer.body(), Completion.class)
                    .choices()
                    .getFirst()
                    .message()
                    .content()
                    .strip();
        } catch (IOException e) {
            throw refused("%s cannot be reached: %s".formatted(endpoint.url(), e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw refused("interrupted while %s was thinking".formatted(endpoint.url()));
        } catch (RuntimeException e) {
            throw e instanceof PracticeException known
                    ? known
                    : refused(
                            "%s did not answer as OpenAI's chat API does: %s"
                                    .formatted(endpoint.url(), e.getMessage()));
        }
    }

    /// What of a completion is read.
    record Completion(List<Choice> choices) {}

    record Choice(Message message) {}

    record Message(String content) {}

    private static String text(ChallengeAttempt attempt) {
        var text = new StringBuilder("# Challenge\n\n").append(attempt.brief().scenario());
        text.append("\n\n# Model answer\n");
        for (Solution.Part part : attempt.solution().map(Solution::parts).orElse(List.of())) {
            text.append("\n## ").append(part.title()).append("\n").append(part.text());
        }
        text.append("\n\n# Answer\n");
        for (Brief.Section section : attempt.brief().form()) {
            Optional.ofNullable(attempt.answer().get(section.id()))
                    .map(Written::text)
                    .ifPresent(written ->
                            text.append("\n## ")
                                    .append(section.title())
                                    .append("\n")
                                    .append(written));
        }
        return text.toString();
    }

    private Path file(String attempt) {
        return folder.resolve(attempt + ".txt");
    }

    private static String shorten(String text) {
        return text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + "…";
    }

    private static PracticeException refused(String message) {
        return new PracticeException(PracticeException.Kind.UPSTREAM, message);
    }

    private static PracticeException disk(IOException e) {
        return new PracticeException(PracticeException.Kind.DISK, "comments: " + e.getMessage(), e);
    }
}
