package dev.touchstone.capacity.drill;

import static dev.touchstone.capacity.drill.Template.Mistake.slip;

import dev.touchstone.capacity.Plans;
import dev.touchstone.capacity.drill.Template.Ask;
import dev.touchstone.capacity.drill.Template.Mistake;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// D5: how long a training run takes, on the wall clock and in GPU time.
final class TrainingTime {
    private TrainingTime() {}

    static Template template() {
        return new Template(
                "D5",
                "Days of a training run",
                Plans.named("training"),
                Map.of(
                        "parameters", List.of("7bn", "1bn", "3bn", "13bn", "30bn", "70bn"),
                        "tokens",
                                List.of(
                                        "1T tokens",
                                        "300bn tokens",
                                        "500bn tokens",
                                        "2T tokens",
                                        "4T tokens"),
                        "gpus", List.of("256", "64", "128", "512", "1024", "2048"),
                        "peak", List.of("989 TFLOP/s", "312 TFLOP/s"),
                        "mfu", List.of("45 %", "35 %", "40 %", "50 %")),
                "0.2[day] <= time",
                List.of(
                        new Ask(
                                "time",
                                "A transformer of {parameters} is trained on {tokens} with {gpus}. Their"
                                        + " dense peak is {peak}, and the run reaches {mfu} of it. How"
                                        + " long does it take? (Failures and evaluation left out.)",
                                "s",
                                false,
                                mistakes(
                                        "time",
                                        slip(
                                                "time * mfu * mfu",
                                                "multiplied by the utilisation instead of divided",
                                                "a lower utilisation takes longer"),
                                        slip("time * gpus", "one GPU only", "divide by the GPUs"),
                                        slip(
                                                "time * 2",
                                                "half the peak",
                                                "take the dense peak as given"))),
                        new Ask(
                                "gpu_time",
                                "You book {gpus} with a dense peak of {peak} to train {parameters} on"
                                        + " {tokens} at {mfu} utilisation. How much GPU time is that?",
                                "GPU-h",
                                false,
                                mistakes(
                                        "gpu_time",
                                        slip("time", "wall-clock time", "times the GPUs"),
                                        slip(
                                                "gpu_time * gpus",
                                                "times the GPUs once too often",
                                                "the arithmetic over one GPU's speed is GPU time"
                                                        + " already")))));
    }

    /// What goes wrong with any time that comes from 6 N D, and what else does with this one.
    private static List<Mistake> mistakes(String time, Mistake... others) {
        return Stream.concat(
                        Stream.of(
                                slip(
                                        time + " / 3",
                                        "the forward pass only",
                                        "2 FLOP forward and 4 backward: 6 a token and parameter"),
                                slip(
                                        time + " * 2 / 3",
                                        "the backward pass only",
                                        "2 FLOP forward and 4 backward: 6 a token and parameter"),
                                slip(
                                        time + " / 6",
                                        "the 6 forgotten",
                                        "6 FLOP a token and parameter"),
                                slip(
                                        time + " * mfu",
                                        "the utilisation forgotten",
                                        "divide by what is reached, not by the peak"),
                                slip(
                                        time + " / 2",
                                        "the peak with sparsity, or of 8-bit numbers",
                                        "take the dense peak of the type that is trained in")),
                        Stream.of(others))
                .toList();
    }
}
