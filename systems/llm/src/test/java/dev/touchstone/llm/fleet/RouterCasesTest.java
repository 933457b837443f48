package dev.touchstone.llm.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.llm.PrefixHashes;
import dev.touchstone.llm.fleet.RouterConfig.Policy;
import dev.touchstone.llm.fleet.RouterConfig.Pool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Decisions of published routers")
class RouterCasesTest {
    private static final int PROMPT = 1_600;
    private static final long CAPACITY = 1_000_000;

    static Stream<String> cases() throws IOException {
        try (InputStream file = RouterCasesTest.class.getResourceAsStream("cases.txt")) {
            assertThat(file).isNotNull();
            String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            return text.lines().filter(line -> !line.isBlank() && !line.startsWith("#"));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void are_taken_here_too(String line) {
        String[] sides = line.split(" => ");
        String[] words = sides[0].split(" ");
        Map<String, String> facts = new HashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            facts.put(
                    equals < 0 ? word : word.substring(0, equals),
                    equals < 0 ? "" : word.substring(equals + 1));
        }
        double[] got =
                switch (words[0]) {
                    case "cache-aware" -> new double[] {cacheAware(facts)};
                    case "saturation" -> new double[] {saturation(facts)};
                    case "pool" -> new double[] {pool(facts)};
                    case "limits" -> limits(facts);
                    case "shed" -> new double[] {shed(facts)};
                    case "queue-scores" -> queueScores(facts);
                    default -> throw new IllegalArgumentException("unknown rule: " + line);
                };
        assertThat(got).containsExactly(numbers(sides[1]), within(0.0005));
    }

    private static int cacheAware(Map<String, String> facts) {
        double[] loads = numbers(fact(facts, "loads"));
        double[] match = numbers(fact(facts, "match"));
        var affinity = RouterConfig.Affinity.DEFAULT.withStride(1);
        var health = new RouterConfig.Health(1, 2.5, RouterConfig.Health.DEFAULT.ejection(), 1);
        var router =
                new Router(
                        RouterConfig.DEFAULT.with(Policy.CACHE_AWARE).with(affinity).with(health));
        for (int slot = 0; slot < loads.length; slot++) {
            router.add("replica-" + slot, Pool.ANY, CAPACITY);
            if (match[slot] > 0) {
                var known = request((int) Math.round(match[slot] * PROMPT));
                router.sent(slot, known, 0);
                router.ended(slot, known, 0, 1, 0);
            }
            for (int i = 0; i < loads[slot]; i++) {
                router.sent(slot, new RoutingRequest(0, 10, 10, PrefixHashes.NONE), 0);
            }
        }
        if (facts.containsKey("ejected")) {
            int slot = Integer.parseInt(fact(facts, "ejected"));
            var other = new RoutingRequest(0, 10, 10, PrefixHashes.NONE);
            router.sent(slot, other, 0);
            assertThat(router.failed(slot, other, 0, 0)).isTrue();
        }
        if (facts.containsKey("gone")) {
            int slot = Integer.parseInt(fact(facts, "gone"));
            router.remove(slot);
            assertThat(router.add("replica-" + slot, Pool.ANY, CAPACITY)).isEqualTo(slot);
            for (int i = 0; i < loads[slot]; i++) {
                router.sent(slot, new RoutingRequest(0, 10, 10, PrefixHashes.NONE), 0);
            }
        }
        return router.choose(request(PROMPT), 0);
    }

    private static RoutingRequest request(int promptTokens) {
        return new RoutingRequest(0, promptTokens, 100, block -> block + 1L);
    }

    private static double saturation(Map<String, String> facts) {
        return facts.containsKey("stale")
                ? Saturation.UNKNOWN
                : Saturation.DEFAULT.of(
                        Integer.parseInt(fact(facts, "queue")), number(fact(facts, "kv")));
    }

    private static double pool(Map<String, String> facts) {
        String[] queues = fact(facts, "queue").split(",");
        String[] shares = fact(facts, "kv").split(",");
        List<Double> each = new ArrayList<>();
        for (int i = 0; i < queues.length; i++) {
            each.add(
                    queues[i].equals("stale")
                            ? Saturation.UNKNOWN
                            : Saturation.DEFAULT.of(
                                    Integer.parseInt(queues[i]), number(shares[i])));
        }
        return each.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    private static double[] limits(Map<String, String> facts) {
        var saturation = new Saturation(5, 0.8, number(fact(facts, "headroom")));
        return new double[] {saturation.queueLimit(), saturation.kvLimit()};
    }

    private static double shed(Map<String, String> facts) {
        return Saturation.shedProbability(
                number(fact(facts, "saturation")), Integer.parseInt(fact(facts, "priority")));
    }

    private static double[] queueScores(Map<String, String> facts) {
        double[] waiting = numbers(fact(facts, "waiting"));
        int shortest = (int) Arrays.stream(waiting).min().orElseThrow();
        int longest = (int) Arrays.stream(waiting).max().orElseThrow();
        return Arrays.stream(waiting)
                .map(each -> Saturation.queueScore((int) each, shortest, longest))
                .toArray();
    }

    private static String fact(Map<String, String> facts, String name) {
        return Objects.requireNonNull(facts.get(name), () -> "the case lacks " + name);
    }

    private static double number(String text) {
        return Double.parseDouble(text);
    }

    private static double[] numbers(String text) {
        return Arrays.stream(text.split(",")).mapToDouble(Double::parseDouble).toArray();
    }
}
