package dev.touchstone.app.internal.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/// An error as OpenAI's clients read it.
public record OpenAiError(Body error) {
    /// @param type the kind, such as `invalid_request_error`
    /// @param param the field that is meant, if one is
    /// @param code names the case for programs, if there is more to say than the type
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Body(
            String message, String type, @Nullable String param, @Nullable String code) {}

    static OpenAiError of(Problem problem) {
        String type =
                problem.status() == 429
                        ? "rate_limit_error"
                        : problem.status() < 500 ? "invalid_request_error" : "server_error";
        String code = problem.status() == 401 ? "invalid_api_key" : problem.slug();
        return new OpenAiError(new Body(problem.detail(), type, null, code.replace('-', '_')));
    }
}
