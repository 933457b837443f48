package dev.touchstone.app.internal.http;

/// Answers one kind of request.
@FunctionalInterface
public interface Endpoint {
    /// Answers through the exchange, or throws a [Problem] to be answered.
    void handle(Exchange exchange) throws Exception;
}
