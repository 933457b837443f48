/// Models that run here, on the CPU: files in, tokens out.
///
/// Start at [LanguageModels#open]. A `GgufFile` or a `SafetensorsFolder` is mapped into memory and
/// asked for a [LlamaShape], a tokenizer and its tensors; a `CpuExecutor` carries out the
/// scheduler's steps with them. All tokens of a step go through a layer together, so that each
/// weight is read once a step, however many sequences take part.
///
/// **Same tokens, whatever the company.** What a sequence yields depends on its own tokens alone:
/// not on the batch, on how its prompt was cut into chunks, on what was found in the prefix cache
/// or on preemption. Every sum is formed in an order that only the model's shape and the position
/// decide.
@org.jspecify.annotations.NullMarked
package dev.touchstone.llm.cpu;
