package dev.touchstone.app.internal.practice;

import dev.touchstone.arena.practice.Item;
import dev.touchstone.arena.practice.Move;
import dev.touchstone.arena.practice.Practice;
import dev.touchstone.arena.practice.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;

/// The practice arena as pages and the API use it. What it has answered is on the disk. Safe for
/// use by several threads.
@SuppressWarnings({"DoNotCallSuggester", "UnusedVariable"})
public final class PracticeDesk implements AutoCloseable {
    private PracticeDesk() {}

    /// Opens what is stored under `data`, creating it if need be, with the default profile.
    ///
    /// @param chance hexadecimal digits that nothing else has, new ones at each call
    /// @throws IOException also when another process has it open
    public static PracticeDesk open(
            Path data,
            Practice practice,
            Settings settings,
            InstantSource clock,
            Supplier<String> chance)
            throws IOException {
        throw new UnsupportedOperationException();
    }

    public Practice practice() {
        throw new UnsupportedOperationException();
    }

    public Settings settings() {
        throw new UnsupportedOperationException();
    }

    /// All profiles, the default one first.
    public List<Profile> profiles() {
        throw new UnsupportedOperationException();
    }

    /// Makes a profile; its id comes from the name.
    ///
    /// @throws PracticeException when the name is empty, too long, or taken
    public Profile createProfile(String name) {
        throw new UnsupportedOperationException();
    }

    /// Starts an attempt at an item, or goes on with the one that is not finished.
    ///
    /// @throws PracticeException when there is no such item or profile
    public Sitting start(String profile, Item item) {
        throw new UnsupportedOperationException();
    }

    /// An attempt.
    ///
    /// @throws PracticeException when the profile has none of this id
    public Sitting sitting(String profile, String id) {
        throw new UnsupportedOperationException();
    }

    /// Makes a move. An accepted one is on the disk when this returns; one that finishes the
    /// attempt is on the schedule as well.
    ///
    /// @throws PracticeException when the profile has no such attempt
    public MoveResult move(String profile, String id, Move move) {
        throw new UnsupportedOperationException();
    }

    /// What is due by now, the longest overdue first. Where nothing was ever attempted, and to fill
    /// up, items that are new ([Due#due] is empty).
    ///
    /// @param limit of new items
    public List<Due> due(String profile, int limit) {
        throw new UnsupportedOperationException();
    }

    /// Everything on the schedule, the next first.
    public List<Due> schedule(String profile) {
        throw new UnsupportedOperationException();
    }

    /// All attempts, the newest first.
    public List<PastAttempt> attempts(String profile) {
        throw new UnsupportedOperationException();
    }

    public Progress progress(String profile) {
        throw new UnsupportedOperationException();
    }

    /// Everything of a profile as a JSON document.
    public byte[] export(String profile) {
        throw new UnsupportedOperationException();
    }

    /// Takes in an exported document: all of it or, when anything is wrong with it, nothing.
    /// Attempts that are already there are left as they are.
    ///
    /// @return how many attempts were new
    /// @throws PracticeException with the field and what is wrong with it
    public int importInto(String profile, byte[] document) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() throws IOException {
        throw new UnsupportedOperationException();
    }
}
