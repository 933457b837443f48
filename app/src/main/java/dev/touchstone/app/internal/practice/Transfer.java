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
    static final int MAX_ATTEMPTS = 2_000;

    /// Far more than an attempt that was made here can have.
    static final int MAX_EVENTS = 1_000;

    private static final Pattern ID = Pattern.compile("[a-z0-9]{1,32}-[0-9a-f]{6,16}");

    private Transfer() {}

    /// Without drills under way: their seeds would tell the answers.
    static byte[] export(Rows rows, String profile, Instant now) throws SQLException {
        List<ExportedAttempt> attempts = new ArrayList<>();
        for (Header header : Store.attempts(rows, profile)) {
            if (header.item().kind() == Item.Kind.DRILL && header.outcome().isEmpty()) {
                continue;
            }
            attempts.add(
                    new ExportedAttempt(
                            header.id(),
                            Store.events(rows, profile, header.id()),
                            header.outcome()));
        }
        return Json.pretty(new Export(Export.KIND, Export.VERSION, profile, now, attempts))
                .getBytes(StandardCharsets.UTF_8);
    }

    /// Reads a document and plays every attempt in it. What an attempt comes to follows from its
    /// events; what the document says about it does not count.
    ///
    /// @throws PracticeException with the field and what is wrong with it
    static Export read(byte[] document, Practice practice, Instant now) {
        Export export;
        try {
            export = Json.read(document, Export.class);
        } catch (Json.Malformed e) {
            throw new PracticeException(
                    PracticeException.Kind.UNEXPECTED,
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
        checkSize(export.attempts());
        Set<String> seen = new HashSet<>();
        List<ExportedAttempt> played = new ArrayList<>();
        for (int i = 0; i < export.attempts().size(); i++) {
            ExportedAttempt attempt = export.attempts().get(i);
            String field = "attempts[%d]".formatted(i);
            check(field, attempt, now, seen);
            played.add(play(field, attempt, practice));
        }
        return new Export(
                export.touchstone(), export.version(), export.profile(), export.exported(), played);
    }

    private static void checkSize(List<ExportedAttempt> attempts) {
        if (attempts.size() > MAX_ATTEMPTS) {
            throw tooLarge(
                    "attempts: a document may have %d at most, this one has %d; import it in parts"
                            .formatted(MAX_ATTEMPTS, attempts.size()));
        }
        for (int i = 0; i < attempts.size(); i++) {
            int events = attempts.get(i).events().size();
            if (events > MAX_EVENTS) {
                throw tooLarge(
                        "attempts[%d].events: an attempt may have %d at most, this one has %d; leave it out"
                                .formatted(i, MAX_EVENTS, events));
            }
        }
    }

    private static void check(
            String field, ExportedAttempt attempt, Instant now, Set<String> seen) {
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
    }

    /// The attempt with what its events come to.
    private static ExportedAttempt play(String field, ExportedAttempt attempt, Practice practice) {
        try {
            return new ExportedAttempt(
                    attempt.id(), attempt.events(), practice.replay(attempt.events()).outcome());
        } catch (IllegalArgumentException e) {
            throw new PracticeException(
                    PracticeException.Kind.MALFORMED,
                    "%s.events: %s".formatted(field, e.getMessage()),
                    e);
        }
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

    private static PracticeException tooLarge(String message) {
        return new PracticeException(PracticeException.Kind.TOO_LARGE, message);
    }

    private static PracticeException malformed(String message) {
        return new PracticeException(PracticeException.Kind.MALFORMED, message);
    }
}
