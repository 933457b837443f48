package dev.touchstone.app.internal.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.practice.PracticeException;
import dev.touchstone.app.internal.runs.RunException;
import dev.touchstone.arena.Outcome;
import dev.touchstone.arena.practice.Decision;
import dev.touchstone.capacity.Refusal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A request that is not answered as asked, as RFC 9457 has it told.
public final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String slug;
    private final String title;
    private final @Nullable String field;

    private Problem(int status, String slug, String title, String detail, @Nullable String field) {
        super(detail);
        this.status = status;
        this.slug = slug;
        this.title = title;
        this.field = field;
    }

    /// @param slug names the kind for programs; the `type` is `urn:touchstone:problem:` and this
    public Problem(int status, String slug, String title, String detail) {
        this(status, slug, title, detail, null);
    }

    public static Problem malformed(Json.Malformed e) {
        return e.field().isEmpty()
                ? new Problem(400, "malformed-json", "Not the JSON expected", e.reason())
                : badField(e.field(), e.reason());
    }

    /// A field that cannot be read.
    public static Problem badField(String field, String why) {
        return new Problem(400, "bad-field", "A field cannot be read", field + ": " + why, field);
    }

    /// Nothing of that name.
    public static Problem unknown(String what, String name) {
        return new Problem(
                404,
                "unknown-" + what,
                "There is no such " + what,
                "there is no %s '%s'".formatted(what, name));
    }

    static Problem of(RunException e) {
        String detail = String.valueOf(e.getMessage());
        return switch (e.kind()) {
            case UNKNOWN -> new Problem(404, "unknown-run", "There is no such run", detail);
            case UNREADABLE ->
                    new Problem(422, "unreadable-run", "The run cannot be replayed", detail);
            case BUSY -> new Problem(503, "too-many-runs", "Too many runs at once", detail);
            case DISK -> new Problem(507, "disk", "The disk refused a write", detail);
        };
    }

    static Problem of(PracticeException e) {
        String detail = String.valueOf(e.getMessage());
        return switch (e.kind()) {
            case UNKNOWN -> new Problem(404, "unknown-practice", "There is no such thing", detail);
            case UNEXPECTED -> new Problem(400, "malformed-json", "Not the JSON expected", detail);
            case TOO_LARGE -> new Problem(413, "too-large", "That is too much at once", detail);
            case MALFORMED -> new Problem(422, "unusable", "That cannot be used", detail);
            case UNREADABLE ->
                    new Problem(422, "unreadable-attempt", "The attempt cannot be read", detail);
            case DISK -> new Problem(507, "disk", "The disk refused a write", detail);
            case UPSTREAM -> new Problem(502, "no-comments", "No comments came", detail);
        };
    }

    /// A move that the protocol of attempts refused.
    public static Problem of(Decision.Kind kind, String reason) {
        return switch (kind) {
            case TOO_EARLY -> new Problem(409, "too-early", "Not yet", reason);
            case TOO_LATE -> new Problem(409, "too-late", "Too late", reason);
            case INCOMPLETE -> new Problem(409, "incomplete", "Something is missing", reason);
            case MALFORMED ->
                    new Problem(422, "malformed-move", "That move makes no sense", reason);
        };
    }

    /// Inputs from which nothing can be derived.
    public static Problem of(Refusal refusal) {
        return new Problem(
                422,
                "refused-input",
                "Nothing can be derived from this",
                refusal.reason(),
                refusal.input().isEmpty() ? null : refusal.input());
    }

    /// Nothing of that name, and what there is instead.
    public static Problem unknown(String what, IllegalArgumentException e) {
        return new Problem(
                404, "unknown-" + what, "There is no such " + what, String.valueOf(e.getMessage()));
    }

    /// An action that the incident refused.
    public static Problem of(Outcome.Refused refused) {
        return switch (refused.kind()) {
            case UNKNOWN ->
                    new Problem(
                            422,
                            "unknown-term",
                            "The incident has nothing of that name",
                            refused.reason());
            case INVALID ->
                    new Problem(422, "out-of-range", "A value is out of range", refused.reason());
            case NOT_NOW -> new Problem(409, "not-now", "Not possible now", refused.reason());
            case ENDED -> new Problem(409, "run-ended", "The run is over", refused.reason());
        };
    }

    public int status() {
        return status;
    }

    /// Names the kind for programs.
    public String slug() {
        return slug;
    }

    public String title() {
        return title;
    }

    /// The part of the request that is meant, if one is.
    public Optional<String> field() {
        return Optional.ofNullable(field);
    }

    public String detail() {
        return String.valueOf(getMessage());
    }

    /// The document, `application/problem+json`.
    public byte[] document() {
        return Json.bytes(
                new Document("urn:touchstone:problem:" + slug, title, status, detail(), field));
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Document(
            String type, String title, int status, String detail, @Nullable String field) {}
}
