package dev.touchstone.app.internal.llm.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.touchstone.app.internal.llm.proxy.FakeServer.Dialect;
import dev.touchstone.app.internal.server.LlmServer;
import dev.touchstone.app.internal.server.ProxyServer;
import dev.touchstone.app.testing.Documents;
import dev.touchstone.app.testing.RawHttp;
import dev.touchstone.llm.fleet.RouterConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

@DisplayName("The manifests for Kubernetes")
@SuppressWarnings("NullAway.Init") // set before each test
class KubernetesManifestsTest {
    private static final Path FILE = Path.of("../deploy/kubernetes/llm-fleet.yaml");
    private static final String KEY = "a client's key, long enough";

    private String text;

    @BeforeEach
    void read() throws IOException {
        text = Files.readString(FILE);
    }

    /// KEDA's metrics-api scaler wants a number at `valueLocation`, gets it with a bearer token,
    /// and hands it to the autoscaler as an external metric.
    @Test
    void ask_the_router_for_a_number_that_it_gives_to_whoever_has_the_key() throws IOException {
        assertThat(text).contains("type: metrics-api", "authMode: bearer");
        String path = URI.create(value("url: (\\S+)")).getPath();
        try (var server = new FakeServer("a", Dialect.VLLM);
                ProxyServer router = router(server.url())) {
            var http = new RawHttp(URI.create(router.url()).getPort());

            assertThat(http.get(path).status()).isEqualTo(401);
            JsonNode answer = Documents.read(http.get(path, "Authorization: Bearer " + KEY));
            JsonNode replicas = answer.path(value("valueLocation: (\\S+)"));

            assertThat(replicas.isIntegralNumber()).as("%s", answer).isTrue();
            assertThat(replicas.intValue()).isPositive();
        }
    }

    private static ProxyServer router(URI upstream) throws IOException {
        return ProxyServer.start(
                new LlmServer.Settings("127.0.0.1", 0, List.of(KEY)),
                new ProxySettings(
                        List.of(upstream),
                        Optional.empty(),
                        RouterConfig.DEFAULT,
                        ProxySettings.USUAL_SCALING,
                        ProxySettings.USUAL_STALL));
    }

    @Test
    void name_every_server_that_there_may_be_as_it_names_itself_when_it_goes() {
        int most = Integer.parseInt(value("maxReplicaCount: (\\d+)"));
        String own = value("\\\\\"upstream\\\\\": \\\\\"(\\S+?)\\\\\"");
        List<String> named =
                Pattern.compile("--upstream, \"(\\S+?)\"")
                        .matcher(text)
                        .results()
                        .map(found -> found.group(1))
                        .toList();

        assertThat(named).hasSize(most);
        for (int ordinal = 0; ordinal < most; ordinal++) {
            // A StatefulSet's pods are called after it, by number.
            assertThat(named).contains(own.replace("$HOSTNAME", "vllm-" + ordinal));
        }
    }

    private String value(String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as("%s holds %s", FILE, pattern).isTrue();
        return matcher.group(1);
    }
}
