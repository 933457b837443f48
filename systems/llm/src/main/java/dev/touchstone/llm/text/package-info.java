/// Text on top of the engine: tokenizers, language models, and what the executor of a real model
/// reads and writes.
///
/// A [dev.touchstone.llm.text.Generation] holds the tokens behind one request. The model's executor
/// finds it by the request's id, pushes the tokens that a step asks for through the model, draws
/// the next token and appends it.
@org.jspecify.annotations.NullMarked
package dev.touchstone.llm.text;
