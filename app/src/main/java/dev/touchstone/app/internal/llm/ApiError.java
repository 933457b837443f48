package dev.touchstone.app.internal.llm;

import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.OpenAiError;
import dev.touchstone.app.internal.json.Json;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A request that is not answered as asked, in the words of OpenAI's API.
final class ApiError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final String INVALID = "invalid_request_error";

    private final int status;
    private final String type;
    private final @Nullable String param;
    private final @Nullable String code;
    private final long retryNanos;

    private ApiError(int status, OpenAiError.Body body, long retryNanos) {
        super(body.message());
        this.status = status;
        this.type = body.type();
        this.param = body.param();
        this.code = body.code();
        this.retryNanos = retryNanos;
    }

    private static ApiError of(int status, OpenAiError.Body body) {
        return new ApiError(status, body, 0);
    }

    /// A field that cannot be meant.
    static ApiError field(String name, String why) {
        return of(400, new OpenAiError.Body(name + ": " + why, INVALID, name, null));
    }

    /// Something this server does not do.
    static ApiError unsupported(String name, String why) {
        return of(
                400,
                new OpenAiError.Body(name + ": " + why, INVALID, name, "unsupported_parameter"));
    }

    static ApiError malformed(Json.Malformed e) {
        return of(
                400,
                new OpenAiError.Body("not JSON: " + e.reason(), INVALID, null, "malformed_json"));
    }

    static ApiError noSuchModel(String asked, String here) {
        return of(
                404,
                new OpenAiError.Body(
                        "there is no model '%s' here; ask for '%s'".formatted(asked, here),
                        INVALID,
                        "model",
                        "model_not_found"));
    }

    /// Prompt and answer are longer than anything this server can hold.
    static ApiError tooLong(String param, String why) {
        return of(400, new OpenAiError.Body(why, INVALID, param, "context_length_exceeded"));
    }

    /// Too much at once.
    ///
    /// @param retryNanos when there will be room
    static ApiError busy(String why, long retryNanos) {
        return new ApiError(
                429, new OpenAiError.Body(why, "rate_limit_error", null, "queue_full"), retryNanos);
    }

    /// The server's own fault.
    static ApiError failed(int status, String why) {
        return of(status, new OpenAiError.Body(why, "server_error", null, "engine_failed"));
    }

    /// The answer was not done by its deadline.
    static ApiError late() {
        return of(
                504,
                new OpenAiError.Body(
                        "deadline_ms: the answer was not done in time and was given up",
                        "server_error",
                        "deadline_ms",
                        "deadline_exceeded"));
    }

    OpenAiError body() {
        return new OpenAiError(
                new OpenAiError.Body(String.valueOf(getMessage()), type, param, code));
    }

    /// Answers with it. A client that honours `Retry-After` comes back when there is room; one that
    /// would have to wait too long is told not to.
    void send(Exchange exchange) {
        if (retryNanos > 0) {
            long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(retryNanos));
            long seconds = Math.ceilDiv(millis, Duration.ofSeconds(1).toMillis());
            exchange.header("Retry-After", Long.toString(seconds));
            exchange.header("Retry-After-Ms", Long.toString(millis));
            if (retryNanos >= DrainEstimate.LONGEST.toNanos()) {
                exchange.header("X-Should-Retry", "false");
            }
        }
        exchange.sendJson(status, body());
    }
}
