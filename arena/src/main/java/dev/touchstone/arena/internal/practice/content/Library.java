package dev.touchstone.arena.internal.practice.content;

import dev.touchstone.arena.ContentException;
import dev.touchstone.arena.internal.content.ContentSchema;
import dev.touchstone.arena.internal.content.Document;
import dev.touchstone.arena.internal.content.Field;
import dev.touchstone.arena.internal.practice.Challenge;
import dev.touchstone.arena.internal.practice.Flashcard;
import dev.touchstone.arena.practice.Framework;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// All content of a directory.
///
/// @param challenges in the order of their files' names, as are the others
public record Library(
        List<Challenge> challenges,
        List<Flashcard> cards,
        List<Flashcard> errata,
        List<Framework> frameworks) {
    public Library {
        challenges = List.copyOf(challenges);
        cards = List.copyOf(cards);
        errata = List.copyOf(errata);
        frameworks = List.copyOf(frameworks);
    }

    private static final String SCHEMAS = "/dev/touchstone/arena/practice/";

    static final ContentSchema CHALLENGE = schema("challenge");
    static final ContentSchema CARDS = schema("cards");
    static final ContentSchema ERRATA = schema("errata");
    static final ContentSchema FRAMEWORK = schema("framework");

    private static ContentSchema schema(String name) {
        return ContentSchema.resource(SCHEMAS + name + ".schema.json");
    }

    /// Reads a directory: `challenges/*.yaml`, `cards/*.yaml`, `frameworks/*.yaml`, `errata.yaml`.
    /// What is missing is empty.
    ///
    /// @throws ContentException with file, line, field and cure
    public static Library read(Path directory) {
        List<Challenge> challenges = new ArrayList<>();
        for (Path file : files(directory.resolve("challenges"))) {
            challenges.add(ChallengeReader.read(root(directory, file, CHALLENGE)));
        }
        List<Flashcard> cards = new ArrayList<>();
        for (Path file : files(directory.resolve("cards"))) {
            cards.addAll(CardReader.cards(root(directory, file, CARDS)));
        }
        Path errata = directory.resolve("errata.yaml");
        List<Framework> frameworks = new ArrayList<>();
        for (Path file : files(directory.resolve("frameworks"))) {
            frameworks.add(FrameworkReader.read(root(directory, file, FRAMEWORK)));
        }
        return new Library(
                challenges,
                cards,
                Files.exists(errata)
                        ? CardReader.errata(root(directory, errata, ERRATA))
                        : List.of(),
                frameworks);
    }

    /// A file's content, checked against its schema.
    static Field root(Path directory, Path file, ContentSchema schema) {
        Document document = Document.read(directory.relativize(file).toString(), text(file));
        schema.check(document);
        return document.root();
    }

    /// The YAML files of a directory, by name; none where there is no directory.
    static List<Path> files(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new ContentException(
                    "cannot list %s: %s".formatted(directory, e.getMessage()), e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new ContentException("cannot read %s: %s".formatted(file, e.getMessage()), e);
        }
    }
}
