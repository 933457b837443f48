package dev.touchstone.app.internal.practice;

import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.practice.Database.Rows;
import dev.touchstone.arena.practice.Event;
import dev.touchstone.arena.practice.Item;
import dev.touchstone.arena.practice.Memory;
import dev.touchstone.arena.practice.Move;
import dev.touchstone.arena.practice.Outcome;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Profiles, attempts with their events, outcomes and the schedule, as rows.
///
/// Every method works within the transaction that it is given.
final class Store {
    private Store() {}

    /// An attempt without its events.
    record Header(String id, Item item, Instant started, Optional<Outcome> outcome) {}

    static List<Profile> profiles(Rows rows) throws SQLException {
        return rows.query(
                "SELECT id, name, created FROM profiles ORDER BY created, id",
                row -> new Profile(row.getString(1), row.getString(2), instant(row, 3)));
    }

    static Optional<Profile> profile(Rows rows, String id) throws SQLException {
        return rows
                .query(
                        "SELECT id, name, created FROM profiles WHERE id = ?",
                        row -> new Profile(row.getString(1), row.getString(2), instant(row, 3)),
                        id)
                .stream()
                .findFirst();
    }

    static void add(Rows rows, Profile profile) throws SQLException {
        rows.update(
                "INSERT INTO profiles (id, name, created) VALUES (?, ?, ?)",
                profile.id(),
                profile.name(),
                profile.created());
    }

    /// All attempts, oldest first.
    static List<Header> attempts(Rows rows, String profile) throws SQLException {
        return rows.query(
                "SELECT id, item, started, outcome FROM attempts WHERE profile = ?"
                        + " ORDER BY started, id",
                Store::header,
                profile);
    }

    /// The attempts at an item, oldest first.
    static List<Header> attempts(Rows rows, String profile, Item item) throws SQLException {
        return rows.query(
                "SELECT id, item, started, outcome FROM attempts WHERE profile = ? AND item = ?"
                        + " ORDER BY started, id",
                Store::header,
                profile,
                item.toString());
    }

    static Optional<Header> attempt(Rows rows, String profile, String id) throws SQLException {
        return rows
                .query(
                        "SELECT id, item, started, outcome FROM attempts WHERE profile = ? AND id = ?",
                        Store::header,
                        profile,
                        id)
                .stream()
                .findFirst();
    }

    private static Header header(ResultSet row) throws SQLException {
        String outcome = row.getString(4);
        return new Header(
                row.getString(1),
                item(row.getString(2)),
                instant(row, 3),
                outcome == null ? Optional.empty() : Optional.of(read(outcome, Outcome.class)));
    }

    /// Outcomes of an item's finished attempts, in the order in which they were finished.
    static List<Outcome> outcomes(Rows rows, String profile, Item item) throws SQLException {
        return rows.query(
                "SELECT outcome FROM attempts WHERE profile = ? AND item = ?"
                        + " AND finished IS NOT NULL ORDER BY finished, id",
                row -> read(row.getString(1), Outcome.class),
                profile,
                item.toString());
    }

    static List<Event> events(Rows rows, String profile, String attempt) throws SQLException {
        return rows.query(
                "SELECT event FROM events WHERE profile = ? AND attempt = ? ORDER BY n",
                row -> read(row.getString(1), Event.class),
                profile,
                attempt);
    }

    static void begin(Rows rows, String profile, String id, Event first) throws SQLException {
        var start = (Move.Start) first.move();
        rows.update(
                "INSERT INTO attempts (profile, id, item, started) VALUES (?, ?, ?, ?)",
                profile,
                id,
                start.item().toString(),
                first.at());
        append(rows, profile, id, first);
    }

    /// Appends an event. A save takes the place of an earlier save of the same section, unless a
    /// hint was opened between the two.
    static void append(Rows rows, String profile, String attempt, Event event) throws SQLException {
        End end =
                rows.query(
                                "SELECT COALESCE(MAX(n), -1) + 1, COALESCE(MAX(round), 0) FROM events"
                                        + " WHERE profile = ? AND attempt = ?",
                                row -> new End(row.getInt(1), row.getInt(2)),
                                profile,
                                attempt)
                        .getFirst();
        String section = replaceable(event.move());
        if (!section.isEmpty()) {
            rows.update(
                    "DELETE FROM events WHERE profile = ? AND attempt = ? AND section = ? AND round = ?",
                    profile,
                    attempt,
                    section,
                    end.round());
        }
        rows.update(
                "INSERT INTO events (profile, attempt, n, section, round, event)"
                        + " VALUES (?, ?, ?, ?, ?, ?)",
                profile,
                attempt,
                end.n(),
                section,
                section.isEmpty() ? end.round() + 1 : end.round(),
                Json.text(event));
    }

    /// What a later event of the same kind may replace: a section's text, or the note beside it.
    private static String replaceable(Move move) {
        return switch (move) {
            case Move.Save save -> save.section();
            case Move.Annotate note -> "note " + note.section();
            default -> "";
        };
    }

    /// Where an attempt's events end.
    ///
    /// @param n the next event's number
    /// @param round how many events that are no saves there were: a save replaces only saves since
    ///   the last one
    private record End(int n, int round) {}

    static void finish(Rows rows, String profile, String attempt, Outcome outcome)
            throws SQLException {
        rows.update(
                "UPDATE attempts SET finished = ?, outcome = ? WHERE profile = ? AND id = ?",
                outcome.at(),
                Json.text(outcome),
                profile,
                attempt);
    }

    /// What is on the schedule, the next first.
    static Map<Item, Memory> schedule(Rows rows, String profile) throws SQLException {
        Map<Item, Memory> schedule = new LinkedHashMap<>();
        rows.query(
                        "SELECT item, memory FROM schedule WHERE profile = ? ORDER BY due, item",
                        row ->
                                Map.entry(
                                        item(row.getString(1)),
                                        read(row.getString(2), Memory.class)),
                        profile)
                .forEach(entry -> schedule.put(entry.getKey(), entry.getValue()));
        return schedule;
    }

    static void schedule(Rows rows, String profile, Item item, Memory memory) throws SQLException {
        rows.update(
                "MERGE INTO schedule (profile, item, due, memory) KEY (profile, item)"
                        + " VALUES (?, ?, ?, ?)",
                profile,
                item.toString(),
                memory.due(),
                Json.text(memory));
    }

    private static <T> T read(@Nullable String json, Class<T> type) {
        try {
            return Json.read(String.valueOf(json).getBytes(StandardCharsets.UTF_8), type);
        } catch (Json.Malformed e) {
            throw new PracticeException(
                    PracticeException.Kind.UNREADABLE,
                    "a stored %s cannot be read: %s %s"
                            .formatted(type.getSimpleName(), e.field(), e.reason()),
                    e);
        }
    }

    private static Item item(String text) {
        return Item.parse(text)
                .orElseThrow(() ->
                        new PracticeException(
                                PracticeException.Kind.UNREADABLE,
                                "a stored item is '%s'".formatted(text)));
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        return row.getObject(column, Instant.class);
    }
}
