package dev.touchstone.capacity.drill;

import static dev.touchstone.capacity.drill.Template.Mistake.slip;

import dev.touchstone.capacity.Plans;
import dev.touchstone.capacity.drill.Template.Ask;
import java.util.List;
import java.util.Map;

/// D7: what a fleet costs, in a day, in a month and for a million tokens.
final class ServingCost {
    private ServingCost() {}

    static Template template() {
        return new Template(
                "D7",
                "Cost of a serving fleet",
                Plans.named("cost"),
                Map.of(
                        "replicas", List.of("100", "20", "40", "60", "150"),
                        "gpus_each", List.of("8", "4", "2"),
                        "price", List.of("$32/h", "$12/h", "$20/h", "$24/h", "$40/h"),
                        "token_rate", List.of("50M/h", "200M/h", "400M/h", "1bn/h", "2bn/h"),
                        "discount", List.of("40 %", "30 %", "55 %")),
                "gpu_rate <= expected * 4",
                List.of(
                        new Ask(
                                "daily",
                                "A fleet of {replicas} runs around the clock. Each is a machine with"
                                        + " {gpus_each} and billed at {price}. What does a day cost?",
                                "$/day",
                                "$",
                                false,
                                List.of(
                                        slip(
                                                "daily * gpus_each",
                                                "priced per GPU",
                                                "the price is for the whole replica"),
                                        slip(
                                                "daily / gpus_each",
                                                "divided among the GPUs",
                                                "the price is for the whole replica"),
                                        slip(
                                                "daily / replicas",
                                                "one replica only",
                                                "times the replicas"),
                                        slip(
                                                "daily * 30",
                                                "a month instead of a day",
                                                "24 h, not 720"))),
                        new Ask(
                                "monthly",
                                "What do {replicas} cost in 30 days without a break, if each has"
                                        + " {gpus_each} and is billed at {price}?",
                                "$",
                                "$/month",
                                false,
                                List.of(
                                        slip(
                                                "daily * 1[day]",
                                                "a day instead of a month",
                                                "times 30 days"),
                                        slip(
                                                "monthly * gpus_each",
                                                "priced per GPU",
                                                "the price is for the whole replica"),
                                        slip(
                                                "monthly / replicas",
                                                "one replica only",
                                                "times the replicas"),
                                        slip(
                                                "monthly * 22 / 30",
                                                "working days only",
                                                "the fleet does not go home at the weekend"),
                                        slip(
                                                "monthly / 24",
                                                "the hours of a day forgotten",
                                                "times 24 h and 30 days"))),
                        new Ask(
                                "unit_cost",
                                "{replicas}, each billed at {price}, serve {token_rate} together. What do a"
                                        + " million tokens cost?",
                                "$/1M tokens",
                                false,
                                List.of(
                                        slip(
                                                "unit_cost * 24",
                                                "dollars of a day over tokens of an hour",
                                                "both for the same time"),
                                        slip(
                                                "unit_cost / 24",
                                                "dollars of an hour over tokens of a day",
                                                "both for the same time"),
                                        slip(
                                                "unit_cost / replicas",
                                                "one replica's dollars over the fleet's tokens",
                                                "both for the whole fleet"),
                                        slip(
                                                "unit_cost * gpus_each",
                                                "priced per GPU",
                                                "the price is for the whole replica"),
                                        slip(
                                                "unit_cost / 1000",
                                                "a thousand tokens",
                                                "times a million"))),
                        new Ask(
                                "unit_cost_reserved",
                                "{replicas} at a list price of {price} serve {token_rate} in all. With a"
                                        + " commitment that takes {discount} off, what do a million tokens"
                                        + " cost?",
                                "$/1M tokens",
                                false,
                                List.of(
                                        slip(
                                                "unit_cost",
                                                "the discount forgotten",
                                                "times 1 − discount"),
                                        slip(
                                                "unit_cost * discount",
                                                "the discount paid instead of saved",
                                                "times 1 − discount"),
                                        slip(
                                                "unit_cost * (1 + discount)",
                                                "the discount added",
                                                "times 1 − discount"),
                                        slip(
                                                "unit_cost / (1 + discount)",
                                                "divided by 1 + discount",
                                                "times 1 − discount"),
                                        slip(
                                                "unit_cost_reserved * 24",
                                                "dollars of a day over tokens of an hour",
                                                "both for the same time"),
                                        slip(
                                                "unit_cost_reserved / replicas",
                                                "one replica's dollars over the fleet's tokens",
                                                "both for the whole fleet")))));
    }
}
