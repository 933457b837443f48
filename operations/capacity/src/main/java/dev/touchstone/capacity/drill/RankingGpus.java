package dev.touchstone.capacity.drill;

import static dev.touchstone.capacity.drill.Template.Mistake.slip;

import dev.touchstone.capacity.Plan;
import dev.touchstone.capacity.drill.Template.Ask;
import dev.touchstone.capacity.drill.Template.Mistake;
import java.util.List;
import java.util.Map;

/// D1: how many GPUs rank a peak, and how many requests one of them takes.
final class RankingGpus {
    private RankingGpus() {}

    static Template template() {
        Plan plan =
                Plan.named("ranker", "GPUs of a ranker", "How many GPUs rank the peak?")
                        .input("flop", "arithmetic of a request", "GFLOP/request", 2, 1e-3, 1e9, "")
                        .input("rate", "requests at peak", "request/s", 5_000, 1, 1e9, "")
                        .input("peak", "peak arithmetic", "TFLOP/s/GPU", 312, 1, 1e6, "")
                        .share("utilization", "share of it to use", 60, 1, "")
                        .count("spares", "spare GPUs", "GPU", 1, 100, "")
                        .step("demand", "arithmetic at peak", "flop * rate", "FLOP/s", "")
                        .step("usable", "of a GPU", "peak * utilization", "FLOP/s/GPU", "")
                        .step("exact", "GPUs' worth", "demand / usable", "GPU", "")
                        .step("gpus", "GPUs", "ceil(exact)", "GPU", "")
                        .result("deployed", "GPUs with a spare", "gpus + spares", "GPU", "")
                        .result(
                                "per_gpu",
                                "requests of a GPU",
                                "usable / flop",
                                "request/s/GPU",
                                "")
                        .build();
        return new Template(
                "D1",
                "GPUs of a ranking service",
                plan,
                Map.of(
                        "flop",
                                List.of(
                                        "2 GFLOP",
                                        "5 GFLOP",
                                        "20 GFLOP",
                                        "50 GFLOP",
                                        "80 GFLOP",
                                        "100 GFLOP",
                                        "200 GFLOP",
                                        "400 GFLOP"),
                        "rate",
                                List.of(
                                        "5000/s", "1000/s", "2000/s", "8000/s", "12000/s",
                                        "20000/s", "30000/s", "50000/s"),
                        "peak", List.of("312 TFLOP/s", "989 TFLOP/s", "362 TFLOP/s"),
                        "utilization", List.of("60 %", "40 %", "50 %", "70 %")),
                "1[GPU] < gpus",
                List.of(
                        new Ask(
                                "deployed",
                                "A request to a ranking model costs {flop}; at peak there are {rate}."
                                        + " The GPUs peak at {peak} and should not be used beyond"
                                        + " {utilization} of that. How many do you order, if service"
                                        + " must go on at peak with one of them broken?",
                                "GPU",
                                true,
                                List.of(
                                        slip(
                                                "gpus",
                                                "no spare",
                                                "one more than the load needs, or a failure is an outage"),
                                        slip(
                                                "ceil(demand / peak) + spares",
                                                "the utilisation forgotten",
                                                "divide by peak × utilisation: no GPU runs at its data sheet"),
                                        slip(
                                                "ceil(demand / peak)",
                                                "utilisation and spare forgotten",
                                                "divide by peak × utilisation, round up, add the spare"),
                                        slip(
                                                "ceil(demand * utilization / peak) + spares",
                                                "multiplied by the utilisation instead of divided",
                                                "a lower utilisation means more GPUs"),
                                        slip(
                                                "floor(exact) + spares",
                                                "rounded down",
                                                Mistake.ROUND_UP),
                                        slip("exact + spares", "not rounded up", Mistake.ROUND_UP),
                                        slip(
                                                "exact",
                                                "not rounded up, and no spare",
                                                Mistake.ROUND_UP),
                                        slip(
                                                "ceil(exact / 2) + spares",
                                                "the peak with sparsity",
                                                "vendors' largest figures count zeros; take the dense one"),
                                        slip(
                                                "ceil(exact * 2) + spares",
                                                "a multiply-add counted again",
                                                "the FLOP of a request are FLOP already"),
                                        slip(
                                                "ceil(exact * 1000) + spares",
                                                "a prefix off: a thousand too much or too little",
                                                "giga is 9, tera is 12"))),
                        new Ask(
                                "per_gpu",
                                "Ranking takes {flop}. A GPU peaks at {peak}, and {utilization} of that"
                                        + " is reached in practice. How many requests a second can one"
                                        + " GPU take?",
                                "request/s/GPU",
                                false,
                                List.of(
                                        slip(
                                                "peak / flop",
                                                "the utilisation forgotten",
                                                "multiply the peak by the utilisation"),
                                        slip(
                                                "peak / utilization / flop",
                                                "divided by the utilisation instead of multiplied",
                                                "what is reached is less than the peak"),
                                        slip(
                                                "2 * usable / flop",
                                                "the peak with sparsity",
                                                "vendors' largest figures count zeros; take the dense one"),
                                        slip(
                                                "usable / (2 * flop)",
                                                "a multiply-add counted again",
                                                "the FLOP of a request are FLOP already")))));
    }
}
