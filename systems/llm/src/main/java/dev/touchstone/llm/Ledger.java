package dev.touchstone.llm;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

/// Who used how much of an accelerator's time.
///
/// A step's time is shared among the sequences in it by the tokens of context they hold: that is
/// the memory they keep from others while the step lasts, and most of what the step reads. What is
/// booked therefore adds up to the time the accelerator worked, whoever was in how many batches;
/// idle time is nobody's and is counted by itself.
///
/// Time is booked in whole nanoseconds, so nothing is lost to rounding.
///
/// @param <A> whose account it is, such as a key or a session; equal by value
public final class Ledger<A> {
    private static final double SECOND = 1e9;
    private static final double HOUR = 3600;
    private static final int FIRST_ROOM = 64;

    private final int maxAccounts;
    private final UnaryOperator<A> fold;

    /// The one that was not booked on for longest comes first.
    private final Map<A, Account> accounts = new LinkedHashMap<>(16, 0.75f, true);

    private final double dollarsPerHour;
    private Account[] members = new Account[FIRST_ROOM];
    private long[] weights = new long[FIRST_ROOM];
    private int count;
    private long workedNanos;

    /// What one account used.
    ///
    /// @param contextTokenSeconds its tokens of context times the seconds they were held
    /// @param acceleratorNanos its share of the accelerator's time
    public record Usage(
            long promptTokens,
            long answerTokens,
            double contextTokenSeconds,
            long acceleratorNanos,
            double dollars) {
        /// Both together.
        public Usage plus(Usage other) {
            return new Usage(
                    promptTokens + other.promptTokens,
                    answerTokens + other.answerTokens,
                    contextTokenSeconds + other.contextTokenSeconds,
                    acceleratorNanos + other.acceleratorNanos,
                    dollars + other.dollars);
        }
    }

    private static final class Account {
        private long promptTokens;
        private long answerTokens;
        private double contextTokenSeconds;
        private long nanos;

        /// Where its bookings went; itself while it is kept apart.
        private Account kept = this;

        void add(Account other) {
            promptTokens += other.promptTokens;
            answerTokens += other.answerTokens;
            contextTokenSeconds += other.contextTokenSeconds;
            nanos += other.nanos;
            other.kept = this;
        }
    }

    /// @param maxAccounts accounts kept apart; the one that was used least recently gives way
    /// @param fold the account on which that one's bookings are kept, such as the key's of a
    ///   session; for an account that is never given up the account itself
    /// @param dollarsPerHour what the accelerator costs
    public Ledger(int maxAccounts, UnaryOperator<A> fold, double dollarsPerHour) {
        if (maxAccounts < 1 || !(dollarsPerHour >= 0)) {
            throw new IllegalArgumentException(
                    "a ledger needs at least 1 account and a price of at least 0, got %d and %s"
                            .formatted(maxAccounts, dollarsPerHour));
        }
        this.maxAccounts = maxAccounts;
        this.fold = fold;
        this.dollarsPerHour = dollarsPerHour;
    }

    /// A sequence takes part in the step that is being carried out.
    ///
    /// @param contextTokens tokens it holds when the step is over; at least 1
    /// @param promptTokens of its prompt, in the step that they are to be counted in
    /// @param answerTokens that come out of it
    public void take(A account, int contextTokens, int promptTokens, int answerTokens) {
        Account booked = account(account);
        booked.promptTokens += promptTokens;
        booked.answerTokens += answerTokens;
        if (count == members.length) {
            members = Arrays.copyOf(members, 2 * count);
            weights = Arrays.copyOf(weights, 2 * count);
        }
        members[count] = booked;
        weights[count++] = contextTokens;
    }

    /// The step is over: its time is shared among those who took part since the step before.
    public void close(long nanos) {
        long left = nanos;
        long weight = 0;
        for (int i = 0; i < count; i++) {
            weight += weights[i];
        }
        for (int i = 0; i < count; i++) {
            // Of what is left, in proportion to what is left: the last one takes the rest.
            long share = Math.round((double) left * weights[i] / weight);
            Account booked = members[i].kept;
            booked.nanos += share;
            booked.contextTokenSeconds += weights[i] * (nanos / SECOND);
            left -= share;
            weight -= weights[i];
        }
        if (count > 0) {
            workedNanos += nanos;
        }
        count = 0;
    }

    /// The step failed: nobody is charged for it.
    public void drop() {
        count = 0;
    }

    /// How long the accelerator worked, all steps together.
    public long workedNanos() {
        return workedNanos;
    }

    /// All accounts, the one that used most first.
    public Map<A, Usage> usage() {
        List<Map.Entry<A, Account>> sorted =
                accounts.entrySet().stream()
                        .sorted(
                                Comparator.comparingLong(
                                        (Map.Entry<A, Account> entry) -> -entry.getValue().nanos))
                        .toList();
        var usage = new LinkedHashMap<A, Usage>();
        sorted.forEach(entry -> usage.put(entry.getKey(), usage(entry.getValue())));
        return usage;
    }

    private Usage usage(Account account) {
        return new Usage(
                account.promptTokens,
                account.answerTokens,
                account.contextTokenSeconds,
                account.nanos,
                account.nanos / SECOND / HOUR * dollarsPerHour);
    }

    private Account account(A name) {
        Account known = accounts.get(name);
        if (known != null) {
            return known;
        }
        if (accounts.size() >= maxAccounts) {
            makeRoom();
        }
        var added = new Account();
        accounts.put(name, added);
        return added;
    }

    /// Adds the account that was used least recently to the one that keeps its bookings. As many as
    /// are never given up may be kept beyond the limit.
    private void makeRoom() {
        for (A oldest : accounts.keySet()) {
            A kept = fold.apply(oldest);
            if (!kept.equals(oldest)) {
                Account given = Objects.requireNonNull(accounts.remove(oldest));
                accounts.computeIfAbsent(kept, _ -> new Account()).add(given);
                return;
            }
        }
    }
}
