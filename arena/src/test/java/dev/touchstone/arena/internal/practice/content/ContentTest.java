package dev.touchstone.arena.internal.practice.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.touchstone.arena.internal.content.ContentSchema;
import dev.touchstone.arena.internal.content.Document;
import dev.touchstone.arena.internal.content.Field;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Every file that ships, and every figure in it. `-Dtest.content=DIR` checks another directory.
@DisplayName("The practice content")
class ContentTest {
    private static final Path DIRECTORY =
            Path.of(
                    System.getProperty(
                            "test.content", "src/main/resources/dev/touchstone/arena/practice"));

    @TestFactory
    @DisplayName("fits its schema and reads")
    Stream<DynamicTest> reads() {
        return files().map(file -> DynamicTest.dynamicTest(file.name(), file::read));
    }

    @TestFactory
    @DisplayName("shows only figures that come out so")
    Stream<DynamicContainer> figures() {
        return files().map(file ->
                DynamicContainer.dynamicContainer(
                        file.name(),
                        file.root().map("figures", field -> field).entrySet().stream()
                                .map(figure ->
                                        DynamicTest.dynamicTest(
                                                "%s = %s"
                                                        .formatted(
                                                                figure.getKey(),
                                                                figure.getValue()
                                                                        .maybe("shows")
                                                                        .map(Field::text)
                                                                        .orElse("?")),
                                                () ->
                                                        assertThatCode(() ->
                                                                        Figures.figure(
                                                                                figure.getKey(),
                                                                                figure.getValue()))
                                                                .doesNotThrowAnyException()))));
    }

    @TestFactory
    @DisplayName("covers what it grades, and has no number without its calculation")
    Stream<DynamicTest> lint() {
        return files().map(file ->
                DynamicTest.dynamicTest(
                        file.name(),
                        () -> assertThat(Lint.complaints(file.kind(), file.root())).isEmpty()));
    }

    /// A file and what it should be.
    private record ContentFile(Path path, Lint.Kind kind) {
        String name() {
            return DIRECTORY.relativize(path).toString();
        }

        Field root() {
            try {
                return Document.read(name(), Files.readString(path)).root();
            } catch (IOException e) {
                throw new AssertionError("cannot read " + path, e);
            }
        }

        void read() {
            ContentSchema schema =
                    switch (kind) {
                        case CHALLENGE -> Library.CHALLENGE;
                        case CARDS -> Library.CARDS;
                        case ERRATA -> Library.ERRATA;
                        case FRAMEWORK -> Library.FRAMEWORK;
                    };
            Field root = Library.root(DIRECTORY, path, schema);
            switch (kind) {
                case CHALLENGE ->
                        assertThat(ChallengeReader.read(root).brief().form()).isNotEmpty();
                case CARDS -> assertThat(CardReader.cards(root)).isNotEmpty();
                case ERRATA -> assertThat(CardReader.errata(root)).isNotEmpty();
                case FRAMEWORK -> assertThat(FrameworkReader.read(root).steps()).isNotEmpty();
            }
        }
    }

    private static Stream<ContentFile> files() {
        List<ContentFile> files = new ArrayList<>();
        Library.files(DIRECTORY.resolve("challenges"))
                .forEach(path -> files.add(new ContentFile(path, Lint.Kind.CHALLENGE)));
        Library.files(DIRECTORY.resolve("cards"))
                .forEach(path -> files.add(new ContentFile(path, Lint.Kind.CARDS)));
        Library.files(DIRECTORY.resolve("frameworks"))
                .forEach(path -> files.add(new ContentFile(path, Lint.Kind.FRAMEWORK)));
        if (Files.exists(DIRECTORY.resolve("errata.yaml"))) {
            files.add(new ContentFile(DIRECTORY.resolve("errata.yaml"), Lint.Kind.ERRATA));
        }
        return files.stream();
    }
}
