package dev.touchstone.app.internal.practice;

import dev.touchstone.app.internal.practice.Database.Rows;
import dev.touchstone.app.internal.practice.Store.Header;
import dev.touchstone.arena.practice.Attempt;
import dev.touchstone.arena.practice.AttemptLimits;
import dev.touchstone.arena.practice.ChallengeAttempt;
import dev.touchstone.arena.practice.Decision;
import dev.touchstone.arena.practice.Event;
import dev.touchstone.arena.practice.Item;
import dev.touchstone.arena.practice.Memory;
import dev.touchstone.arena.practice.Move;
import dev.touchstone.arena.practice.Outcome;
import dev.touchstone.arena.practice.Practice;
import dev.touchstone.arena.practice.Reading;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// The practice arena as pages and the API use it. What it has answered is on the disk. Safe for
/// use by several threads.
public final class PracticeDesk implements AutoCloseable {
    /// How many new things to offer beside what is due.
    public static final int NEW_ITEMS = 4;

    private static final int MAX_ID_CHARS = 24;
    private static final long SEEDS = 1_000_000;

    private final Database database;
    private final Practice practice;
    private final AttemptLimits limits;
    private final InstantSource clock;
    private final Supplier<String> chance;

    private PracticeDesk(
            Database database,
            Practice practice,
            AttemptLimits limits,
            InstantSource clock,
            Supplier<String> chance) {
        this.database = database;
        this.practice = practice;
        this.limits = limits;
        this.clock = clock;
        this.chance = chance;
    }

    /// Opens what is stored under `data`, creating it if need be, with the default profile.
    ///
    /// @param chance 6 to 15 hexadecimal digits that nothing else has, new ones at each call
    /// @throws IOException also when another process has it open
    public static PracticeDesk open(
            Path data,
            Practice practice,
            AttemptLimits limits,
            InstantSource clock,
            Supplier<String> chance)
            throws IOException {
        var desk = new PracticeDesk(Database.open(data), practice, limits, clock, chance);
        try {
            desk.addDefaultProfile();
            return desk;
        } catch (RuntimeException e) {
            desk.close();
            throw e;
        }
    }

    private void addDefaultProfile() {
        database.write(rows -> {
            if (Store.profile(rows, Profile.DEFAULT).isEmpty()) {
                Store.add(rows, new Profile(Profile.DEFAULT, "Me", clock.instant()));
            }
            return true;
        });
    }

    public Practice practice() {
        return practice;
    }

    public AttemptLimits limits() {
        return limits;
    }

    /// All profiles, the default one first.
    public List<Profile> profiles() {
        List<Profile> all = new ArrayList<>(database.read(Store::profiles));
        all.sort((a, b) ->
                Boolean.compare(b.id().equals(Profile.DEFAULT), a.id().equals(Profile.DEFAULT)));
        return all;
    }

    /// Makes a profile; its id comes from the name.
    ///
    /// @throws PracticeException when the name is empty, too long, or taken
    public Profile createProfile(String name) {
        String shown = name.strip();
        shown.codePoints()
                .filter(PracticeDesk::isInvisible)
                .findFirst()
                .ifPresent(sign -> {
                    throw malformed(
                            "a name has signs that can be seen; take U+%04X out of it"
                                    .formatted(sign));
                });
        String id =
                shown.toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9]+", "-")
                        .replaceAll("^-+|-+$", "");
        if (shown.length() > Profile.MAX_NAME_CHARS || !Profile.ID.matcher(id).matches()) {
            throw malformed(
                    "a name has 1 to 32 letters or digits, and at most %d characters in all, got '%s'"
                            .formatted(Profile.MAX_NAME_CHARS, shown));
        }
        return database.write(rows -> {
            if (Store.profile(rows, id).isPresent()) {
                throw malformed("there is a profile '%s'; choose another name".formatted(id));
            }
            var profile = new Profile(id, shown, clock.instant());
            Store.add(rows, profile);
            return profile;
        });
    }

    /// What would break lines or turn the text around it.
    private static boolean isInvisible(int sign) {
        return switch (Character.getType(sign)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE ->
                    true;
            default -> false;
        };
    }

    /// Starts an attempt at an item, or goes on with the one that is not finished.
    ///
    /// @throws PracticeException when there is no such item or profile
    public Sitting start(String profile, Item item) {
        return database.write(rows -> {
            check(rows, profile);
            if (!practice.has(item)) {
                throw unknown("there is no %s '%s'".formatted(item.kind().word(), item.id()));
            }
            Optional<Header> open =
                    Store.attempts(rows, profile, item).stream()
                            .filter(header -> header.outcome().isEmpty())
                            .findFirst();
            Instant now = clock.instant();
            if (open.isPresent()) {
                return sitting(rows, profile, open.get(), now);
            }
            String digits = chance.get();
            long seed = Long.parseLong(digits, 16) % SEEDS + 1;
            String id = id(item, digits);
            Store.begin(rows, profile, id, practice.start(item, seed, now, limits));
            return sitting(rows, profile, header(rows, profile, id), now);
        });
    }

    private static String id(Item item, String digits) {
        String word = item.id().substring(item.id().indexOf('/') + 1);
        String plain = word.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
        return plain.substring(0, Math.min(plain.length(), MAX_ID_CHARS)) + "-" + digits;
    }

    /// An attempt.
    ///
    /// @throws PracticeException when the profile has none of this id
    public Sitting sitting(String profile, String id) {
        return database.read(
                rows -> sitting(rows, profile, header(rows, profile, id), clock.instant()));
    }

    /// Makes a move. An accepted one is on the disk when this returns; one that finishes the
    /// attempt is on the schedule as well.
    ///
    /// @throws PracticeException when the profile has no such attempt
    public MoveResult move(String profile, String id, Move move) {
        return database.write(rows -> {
            Header header = header(rows, profile, id);
            Attempt attempt = replay(rows, profile, header);
            Instant now = clock.instant();
            return switch (attempt.decide(move, now)) {
                case Decision.Refused(Decision.Kind kind, String reason) ->
                        new MoveResult.Refused(kind, reason, sitting(rows, profile, header, now));
                case Decision.Accepted(Event event) -> {
                    Attempt after = attempt.apply(event);
                    Store.append(rows, profile, id, event);
                    Optional<Outcome> outcome = after.outcome();
                    if (attempt.outcome().isEmpty() && outcome.isPresent()) {
                        Store.finish(rows, profile, id, outcome.get());
                        reschedule(rows, profile, header.item());
                    }
                    yield new MoveResult.Accepted(
                            sitting(rows, profile, header(rows, profile, id), now));
                }
            };
        });
    }

    /// Works the item's memory out again from its outcomes.
    private static void reschedule(Rows rows, String profile, Item item) throws SQLException {
        Optional<Memory> memory = Optional.empty();
        for (Outcome outcome : Store.outcomes(rows, profile, item)) {
            memory =
                    Optional.of(
                            Practice.schedule(item).review(memory, outcome.rating(), outcome.at()));
        }
        if (memory.isPresent()) {
            Store.schedule(rows, profile, item, memory.get());
        }
    }

    private Sitting sitting(Rows rows, String profile, Header header, Instant now)
            throws SQLException {
        List<Outcome> earlier =
                Store.outcomes(rows, profile, header.item()).stream()
                        .filter(outcome -> !outcome.at().isAfter(header.started()))
                        .toList();
        Optional<Instant> due =
                header.outcome().isEmpty()
                        ? Optional.empty()
                        : Optional.ofNullable(Store.schedule(rows, profile).get(header.item()))
                                .map(Memory::due);
        return new Sitting(header.id(), profile, replay(rows, profile, header), now, due, earlier);
    }

    private Attempt replay(Rows rows, String profile, Header header) throws SQLException {
        try {
            return practice.replay(Store.events(rows, profile, header.id()));
        } catch (IllegalArgumentException e) {
            throw new PracticeException(
                    PracticeException.Kind.UNREADABLE,
                    "attempt %s does not replay, the content has changed since: %s"
                            .formatted(header.id(), e.getMessage()),
                    e);
        }
    }

    /// What is due by now, the longest overdue first; then items never attempted ([Due#due] is
    /// empty), of each kind in turn.
    ///
    /// @param limit of new items
    public List<Due> due(String profile, int limit) {
        return database.read(rows -> {
            check(rows, profile);
            Instant now = clock.instant();
            Map<Item, Memory> schedule = known(Store.schedule(rows, profile));
            List<Due> due = new ArrayList<>();
            schedule.forEach((item, memory) -> {
                if (memory.isDue(now)) {
                    due.add(due(item, memory, now));
                }
            });
            NewItems.of(practice, schedule.keySet(), limit)
                    .forEach(item ->
                            due.add(new Due(item, practice.title(item), Optional.empty(), 0)));
            return due;
        });
    }

    /// Everything on the schedule, the next first.
    public List<Due> schedule(String profile) {
        return database.read(rows -> {
            check(rows, profile);
            Instant now = clock.instant();
            List<Due> all = new ArrayList<>();
            known(Store.schedule(rows, profile))
                    .forEach((item, memory) -> all.add(due(item, memory, now)));
            return all;
        });
    }

    /// Without items that the content no longer has.
    private Map<Item, Memory> known(Map<Item, Memory> schedule) {
        Map<Item, Memory> known = new LinkedHashMap<>(schedule);
        known.keySet().removeIf(item -> !practice.has(item));
        return known;
    }

    private Due due(Item item, Memory memory, Instant now) {
        return new Due(
                item, practice.title(item), Optional.of(memory.due()), memory.overdueDays(now));
    }

    /// All attempts, the newest first.
    public List<PastAttempt> attempts(String profile) {
        return database.read(rows -> {
            check(rows, profile);
            List<PastAttempt> attempts = new ArrayList<>();
            for (Header header : Store.attempts(rows, profile).reversed()) {
                attempts.add(
                        new PastAttempt(
                                header.id(),
                                header.item(),
                                practice.has(header.item())
                                        ? practice.title(header.item())
                                        : header.item().toString(),
                                header.started(),
                                header.outcome()));
            }
            return attempts;
        });
    }

    /// How the profile is doing, from the outcomes of its finished attempts.
    public Progress progress(String profile) {
        return database.read(rows -> {
            check(rows, profile);
            List<Header> attempts = Store.attempts(rows, profile);
            Map<Item, Header> latest = new LinkedHashMap<>();
            for (Header header : attempts) {
                boolean open = header.outcome().isPresent() && practice.has(header.item());
                if (open && header.item().kind() == Item.Kind.CHALLENGE) {
                    latest.put(header.item(), header);
                }
            }
            Map<Item, Map<String, Reading>> readings = new LinkedHashMap<>();
            for (Header header : latest.values()) {
                if (replay(rows, profile, header) instanceof ChallengeAttempt attempt) {
                    readings.put(header.item(), attempt.readings());
                }
            }
            return ProgressReport.of(
                    practice,
                    attempts.stream().flatMap(header -> header.outcome().stream()).toList(),
                    readings);
        });
    }

    /// Everything of a profile as a JSON document.
    public byte[] export(String profile) {
        return database.read(rows -> {
            check(rows, profile);
            return Transfer.export(rows, profile, clock.instant());
        });
    }

    /// Takes in an exported document: all of it or, when anything is wrong with it, nothing.
    /// Attempts that are already there are left as they are. Reading and playing it holds nobody
    /// up.
    ///
    /// @return how many attempts were new
    /// @throws PracticeException with the field and what is wrong with it
    public int importInto(String profile, byte[] document) {
        Export export = Transfer.read(document, practice, clock.instant());
        return database.write(rows -> {
            check(rows, profile);
            int added = 0;
            Set<Item> touched = new LinkedHashSet<>();
            for (Export.ExportedAttempt attempt : export.attempts()) {
                if (Transfer.add(rows, profile, attempt)) {
                    added++;
                    touched.add(Transfer.item(attempt));
                }
            }
            for (Item item : touched) {
                reschedule(rows, profile, item);
            }
            return added;
        });
    }

    private static Header header(Rows rows, String profile, String id) throws SQLException {
        return Store.attempt(rows, profile, id)
                .orElseThrow(
                        () -> unknown("profile %s has no attempt '%s'".formatted(profile, id)));
    }

    private static void check(Rows rows, String profile) throws SQLException {
        if (Store.profile(rows, profile).isEmpty()) {
            throw unknown("there is no profile '%s'; create it first".formatted(profile));
        }
    }

    private static PracticeException unknown(String message) {
        return new PracticeException(PracticeException.Kind.UNKNOWN, message);
    }

    private static PracticeException malformed(String message) {
        return new PracticeException(PracticeException.Kind.MALFORMED, message);
    }

    @Override
    public void close() throws IOException {
        database.close();
    }
}
