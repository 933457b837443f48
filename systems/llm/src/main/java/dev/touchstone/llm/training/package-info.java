/// Trains the small language model that is served when nobody names another.
///
/// Start at [dev.touchstone.llm.training.Training]: a corpus is drawn from data files
/// ([dev.touchstone.llm.training.Corpus]), cut into tokens
/// ([dev.touchstone.llm.training.BytePairs]), shown to a transformer whose gradients are written
/// out by hand ([dev.touchstone.llm.training.TrainableTransformer]), and the result is written as
/// GGUF ([dev.touchstone.llm.training.GgufWriter]).
///
/// The same plan gives the same bytes on every machine: each sum is added up in an order that does
/// not depend on the width of the machine's vectors, and one thread does everything.
@org.jspecify.annotations.NullMarked
package dev.touchstone.llm.training;
