package dev.touchstone.app.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.app.testing.Documents;
import dev.touchstone.app.testing.PracticeServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@DisplayName("The OpenAPI document")
class OpenApiTest {
    @Test
    void describes_every_route_and_no_other(@TempDir Path data) throws IOException {
        try (var server = PracticeServer.start(data)) {
            JsonNode document = Documents.read(server.http().get("/openapi.json"));
            var described = new TreeSet<String>();
            document.get("paths")
                    .properties()
                    .forEach(path ->
                            path.getValue()
                                    .propertyNames()
                                    .forEach(method ->
                                            described.add(
                                                    method.toUpperCase(Locale.ROOT)
                                                            + " "
                                                            + path.getKey())));
            described.removeIf(name -> name.startsWith("PARAMETERS"));

            assertThat(described)
                    .isEqualTo(
                            server.server().routes().stream()
                                    .map(route -> route.method().text() + " " + route.path())
                                    .collect(Collectors.toCollection(TreeSet::new)));
        }
    }

    @Test
    void refers_only_to_what_it_defines(@TempDir Path data) throws IOException {
        try (var server = PracticeServer.start(data)) {
            String text = server.http().get("/openapi.json").body();
            JsonNode document = Documents.read(text);
            assertThat(document.get("openapi").asString()).startsWith("3.1");
            var references = Pattern.compile("\"#(/[^\"]+)\"").matcher(text);
            while (references.find()) {
                assertThat(document.at(references.group(1)).isMissingNode())
                        .as(references.group(1))
                        .isFalse();
            }
        }
    }
}
