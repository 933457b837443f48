/// A language model behind OpenAI's chat API.
///
/// [dev.touchstone.app.internal.llm.LiveEngine] drives the engine on a thread of its own. A request
/// becomes a [dev.touchstone.app.internal.llm.Question]; what comes of it is heard from an
/// [dev.touchstone.app.internal.llm.Answer]. The endpoints turn HTTP into the one and the other
/// into HTTP.
package dev.touchstone.app.internal.llm;
