/// A router in front of servers that speak OpenAI's API: chooses one for each request by what their
/// metrics say, and passes the answer through as it comes.
@org.jspecify.annotations.NullMarked
package dev.touchstone.app.internal.llm.proxy;
