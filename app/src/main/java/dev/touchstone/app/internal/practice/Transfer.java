package dev.touchstone.app.internal.practice;

import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.practice.Database.Rows;
import dev.touchstone.app.internal.practice.Export.ExportedAttempt;
import dev.touchstone.app.internal.practice.Store.Header;
import dev.touchstone.arena.practice.Event;
import dev.touchstone.arena.practice.Item;
import dev.touchstone.arena.practice.Move;
import dev.touchstone.arena.practice.Practice;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Takes a profile out as a document, and in again.
final class Transfer {
    private static final Pattern ID = Pattern.compile("[a-z0-9]{1,32}-[0-9a-f]{6,16}");

    private Transfer() {}

    static byte[] export(Rows rows, String profile, Instant now) throws SQLException {
        List<ExportedAttempt> attempts = new ArrayList<>();
        for (Header header : Store.attempts(rows, profile)) {
            attempts.add(
                    new ExportedAttempt(
                            header.id(),
                            Store.events(rows, profile, header.id()),
                            header.outcome()));
        }
        return Json.pretty(new Export(Export.KIND, Export.VERSION, profile, now, attempts))
                .getBytes(StandardCharsets.UTF_8);
    }

    /// Reads a document and plays every attempt in it.
    ///
    /// @throws PracticeException with the field and what is wrong with it
    static Export read(byte[] document, Practice practice, Instant now) {
        Export export;
        try {
            export = Json.read(document, Export.class);
        } catch (Json.Malformed e) {
            throw new PracticeException(
                    PracticeException.Kind.MALFORMED,
                    e.field().isEmpty() ? e.reason() : "%s %s".formatted(e.field(), e.reason()),
                    e);
        }
        if (!export.touchstone().equals(Export.KIND)) {
            throw malformed(
                    "touchstone: '%s' is no practice export; it says '%s'"
                            .formatted(export.touchstone(), Export.KIND));
        }
        if (export.version() != Export.VERSION) {
            throw malformed(
                    "version: %d is not known here; %d is"
                            .formatted(export.version(), Export.VERSION));
        }
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < export.attempts().size(); i++) {
            check("attempts[%d]".formatted(i), export.attempts().get(i), practice, now, seen);
        }
        return export;
    }

    private static void check(
            String field,
            ExportedAttempt attempt,
            Practice practice,
            Instant now,
            Set<String> seen) {
        if (!ID.matcher(attempt.id()).matches() || !seen.add(attempt.id())) {
            throw malformed(
                    "%s.id: '%s' must match %s and occur once".formatted(field, attempt.id(), ID));
        }
        Instant last = Instant.EPOCH;
        for (Event event : attempt.events()) {
            if (event.at().isBefore(last) || event.at().isAfter(now)) {
                throw malformed(
                        "%s.events: %s is out of order, before 1970 or in the future"
                                .formatted(field, event.at()));
            }
            last = event.at();
        }
        try {
            boolean finished = practice.replay(attempt.events()).outcome().isPresent();
            if (finished != attempt.outcome().isPresent()) {
                throw malformed(
                        "%s.outcome: it must be there when the attempt is finished, and only then"
                                .formatted(field));
            }
        } catch (IllegalArgumentException e) {
            throw new PracticeException(
                    PracticeException.Kind.MALFORMED,
                    "%s.events: %s".formatted(field, e.getMessage()),
                    e);
        }
        attempt.outcome()
                .ifPresent(outcome -> {
                    boolean fits =
                            outcome.item().equals(item(attempt))
                                    && outcome.started().equals(attempt.events().getFirst().at())
                                    && !outcome.at().isBefore(outcome.started())
                                    && !outcome.at().isAfter(now);
                    if (!fits) {
                        throw malformed(
                                "%s.outcome: its item and times are not those of the events"
                                        .formatted(field));
                    }
                });
    }

    /// What an attempt that was read is at.
    static Item item(ExportedAttempt attempt) {
        return ((Move.Start) attempt.events().getFirst().move()).item();
    }

    /// Adds an attempt unless it is there.
    static boolean add(Rows rows, String profile, ExportedAttempt attempt) throws SQLException {
        if (Store.attempt(rows, profile, attempt.id()).isPresent()) {
            return false;
        }
        Store.begin(rows, profile, attempt.id(), attempt.events().getFirst());
        for (Event event : attempt.events().subList(1, attempt.events().size())) {
            Store.append(rows, profile, attempt.id(), event);
        }
        if (attempt.outcome().isPresent()) {
            Store.finish(rows, profile, attempt.id(), attempt.outcome().get());
        }
        return true;
    }

    private static PracticeException malformed(String message) {
        return new PracticeException(PracticeException.Kind.MALFORMED, message);
    }
}
