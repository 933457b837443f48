package dev.touchstone.capacity.drill;

import static dev.touchstone.capacity.drill.Template.Mistake.slip;

import dev.touchstone.capacity.Plan;
import dev.touchstone.capacity.drill.Template.Ask;
import dev.touchstone.capacity.drill.Template.Mistake;
import java.util.List;
import java.util.Map;

/// D2: what keys and values take, with and without grouped heads.
final class KvMemory {
    private KvMemory() {}

    static Template template() {
        Plan plan =
                Plan.named("kv", "Keys and values", "How much memory do open sessions take?")
                        .count("layers", "layers", "layer", 40, 1_000, "")
                        .count("heads", "heads", "head/layer", 40, 1_000, "")
                        .count("kv_heads", "heads with keys and values", "head/layer", 8, 1_000, "")
                        .count("head_dim", "numbers in a vector", "number/head", 128, 4_096, "")
                        .input("element", "bytes of a number", "B/number", 2, 1, 4, "")
                        .count("tokens", "context of a session", "token/session", 8_192, 1e7, "")
                        .count("sessions", "sessions", "session", 64, 1e6, "")
                        .require("kv_heads <= heads", "groups cannot outnumber heads")
                        .result(
                                "per_token",
                                "a token",
                                "2 * layers * heads * head_dim * element",
                                "B/token",
                                "A key and a value.")
                        .step("per_session", "a session", "per_token * tokens", "B/session", "")
                        .result("total", "all sessions", "per_session * sessions", "B", "")
                        .step(
                                "per_token_grouped",
                                "a token",
                                "2 * layers * kv_heads * head_dim * element",
                                "B/token",
                                "A key and a value.")
                        .step(
                                "per_session_grouped",
                                "a session",
                                "per_token_grouped * tokens",
                                "B/session",
                                "")
                        .result(
                                "total_grouped",
                                "all sessions",
                                "per_session_grouped * sessions",
                                "B",
                                "")
                        .build();
        return new Template(
                "D2",
                "Memory for keys and values",
                plan,
                Map.of(
                        "layers", List.of("40", "32", "48", "60", "80"),
                        "heads", List.of("40", "32", "64"),
                        "kv_heads", List.of("8", "4", "10", "16"),
                        "head_dim", List.of("128", "64", "96"),
                        "element", List.of("2 B", "1 B", "4 B"),
                        "tokens", List.of("8192", "2048", "4096", "16384", "32768"),
                        "sessions", List.of("64", "16", "24", "100", "200")),
                "2 * kv_heads <= heads",
                List.of(
                        new Ask(
                                "total",
                                "A model has {layers} of {heads} each, and every head keeps keys and"
                                        + " values of its own: vectors of {head_dim} at {element}. How"
                                        + " much memory do {sessions} take, each with a context of"
                                        + " {tokens}?",
                                "B",
                                false,
                                kvMistakes("total", "per_token", "heads")),
                        new Ask(
                                "per_token",
                                "{layers}, {heads} a layer, a key and a value for every head, each"
                                        + " {head_dim} at {element}: what does one token of context cost"
                                        + " in memory?",
                                "B/token",
                                false,
                                List.of(
                                        slip(
                                                "per_token / 2",
                                                "K and V forgotten",
                                                "a token leaves a key and a value: times two"),
                                        slip(
                                                "per_token * 1[B/number] / element",
                                                "bytes of a number forgotten",
                                                "numbers are not bytes: times the size of the type"),
                                        slip(
                                                "per_token / layers",
                                                "the layers forgotten",
                                                "every layer keeps its own"),
                                        slip(
                                                "per_token / heads",
                                                "the heads forgotten",
                                                "every head keeps its own"),
                                        slip(
                                                "per_token * kv_heads / heads",
                                                "grouped heads assumed",
                                                "here every head has its own keys and values"))),
                        new Ask(
                                "total_grouped",
                                "A model of {layers} with {heads} a layer shares keys and values within"
                                        + " groups, so that those of {kv_heads} are stored, vectors of"
                                        + " {head_dim} at {element}. What do {sessions} occupy, each"
                                        + " with {tokens}?",
                                "B",
                                false,
                                kvMistakes("total_grouped", "per_token_grouped", "kv_heads"))));
    }

    private static List<Mistake> kvMistakes(String total, String token, String heads) {
        return List.of(
                slip(
                        total + " / 2",
                        "K and V forgotten",
                        "a token leaves a key and a value: times two"),
                slip(
                        total + " * 1[B/number] / element",
                        "bytes of a number forgotten",
                        "numbers are not bytes: times the size of the type"),
                slip(total + " / layers", "the layers forgotten", "every layer keeps its own"),
                slip(total + " / " + heads, "the heads forgotten", "every head keeps its own"),
                slip(
                        total + " / head_dim",
                        "the length of the vectors forgotten",
                        "a head keeps vectors, not numbers"),
                slip(total + " / sessions", "one session only", "times the sessions"),
                slip(
                        token + " * sessions",
                        "one token of each session only",
                        "times the tokens of a session"),
                slip(
                        "per_token * tokens * sessions",
                        "grouping forgotten",
                        "only the heads that are stored count"),
                slip(
                        "total_grouped * kv_heads / heads",
                        "grouped twice",
                        "the stored heads are given; no further division"),
                slip(
                        "total_grouped",
                        "grouped heads assumed",
                        "here every head has its own keys and values"));
    }
}
