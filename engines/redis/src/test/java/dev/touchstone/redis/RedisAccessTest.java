package dev.touchstone.redis;

import static dev.touchstone.redis.Scenario.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.FeatureStore;
import dev.touchstone.features.OnlineStore;
import dev.touchstone.features.Value;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A Redis that asks who is there")
class RedisAccessTest {
    private static final String PASSWORD = "p@ss:word";
    private static final String STORE_PASSWORD = "changeit";
    private static final int SECONDS = 60;

    /// What docs/features-engines.md says that a user needs.
    private static final String USER =
            "--user touchstone on >%s ~test:* -@all +mget +append +set +strlen +zadd +zrem"
                            .formatted(PASSWORD)
                    + " +zrangebyscore +scan +unlink +info +ping +hello +client +cluster";

    @TempDir private Path folder = Path.of("");

    @Test
    void lets_a_user_in_who_may_do_no_more_than_is_needed() throws IOException {
        try (var server = RedisServer.start(folder, USER.split(" "))) {
            use(server.addressOf("touchstone:p%40ss%3Aword@", "test"));
            assertThatThrownBy(() -> RedisTable.open(server.addressOf("touchstone:no@", "test")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("WRONGPASS")
                    .hasMessageContaining("USER:PASSWORD@");
        }
    }

    @Test
    void is_asked_with_a_password_only() throws IOException {
        try (var server = RedisServer.start(folder, "--requirepass", "secret")) {
            use(URI.create(server.addressOf(":secret@", "test").toString().replace("#", "/3#")));
            assertThatThrownBy(() -> RedisTable.open(server.address("test")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("NOAUTH");
        }
    }

    @Test
    void is_reached_with_tls_when_its_certificate_is_trusted() throws Exception {
        Path keys = certificate();
        try (var server =
                RedisServer.start(
                        folder,
                        "--port",
                        "0",
                        "--tls-auth-clients",
                        "no",
                        "--tls-cert-file",
                        folder.resolve("certificate.pem").toString(),
                        "--tls-key-file",
                        folder.resolve("key.pem").toString(),
                        "--tls-ca-cert-file",
                        folder.resolve("certificate.pem").toString())) {
            assertThatThrownBy(() -> RedisTable.open(server.address("test")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("certification path");
            withTrust(keys, () -> use(server.address("test")));
        }
    }

    private void use(URI address) throws IOException {
        try (var table = RedisTable.open(address);
                FeatureStore store =
                        FeatureStore.open(
                                folder.resolve("store"), Scenario.definitions("restate"))) {
            OnlineStore online = store.online(table, NOW);
            List<Value> payment = List.of(Value.of("p1"), Value.of(10.0));
            online.push("card", List.of(new FeatureRow(EntityKey.of(0), NOW, 0, 0, payment)), NOW);
            online.mend();
            online.sweep();
            assertThat(Scenario.answers(online, NOW + 1, 0)).anyMatch(its -> its.contains("10.0"));
        }
    }

    /// What may fail.
    private interface Step {
        void run() throws IOException;
    }

    private static void withTrust(Path keys, Step step) throws IOException {
        String property = "javax.net.ssl.trustStore";
        Optional<String> before = Optional.ofNullable(System.getProperty(property));
        System.setProperty(property, keys.toString());
        System.setProperty(property + "Password", STORE_PASSWORD);
        try {
            step.run();
        } finally {
            System.clearProperty(property + "Password");
            before.ifPresentOrElse(
                    its -> System.setProperty(property, its), () -> System.clearProperty(property));
        }
    }

    /// Makes a certificate and its key, for Redis as PEM and for us as a store.
    private Path certificate() throws Exception {
        Path keys = folder.resolve("keys.p12");
        Process made =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "redis",
                                "-keyalg",
                                "RSA",
                                "-dname",
                                "CN=127.0.0.1",
                                "-ext",
                                "SAN=ip:127.0.0.1",
                                "-storetype",
                                "PKCS12",
                                "-storepass",
                                STORE_PASSWORD,
                                "-keystore",
                                keys.toString())
                        .redirectErrorStream(true)
                        .start();
        assertThat(made.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
        KeyStore store = KeyStore.getInstance(keys.toFile(), STORE_PASSWORD.toCharArray());
        byte[] key = store.getKey("redis", STORE_PASSWORD.toCharArray()).getEncoded();
        Files.writeString(folder.resolve("key.pem"), pem("PRIVATE KEY", key));
        Files.writeString(
                folder.resolve("certificate.pem"),
                pem("CERTIFICATE", store.getCertificate("redis").getEncoded()));
        // For us it is a certificate that is trusted, without its key.
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (var in = Files.newInputStream(folder.resolve("certificate.pem"));
                var out = Files.newOutputStream(keys)) {
            trusted.setCertificateEntry(
                    "redis", CertificateFactory.getInstance("X.509").generateCertificate(in));
            trusted.store(out, STORE_PASSWORD.toCharArray());
        }
        return keys;
    }

    private static String pem(String what, byte[] bytes) {
        return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
                .formatted(what, Base64.getMimeEncoder().encodeToString(bytes), what);
    }
}
