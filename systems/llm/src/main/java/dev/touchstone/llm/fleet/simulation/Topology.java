package dev.touchstone.llm.fleet.simulation;

/// How the work is divided among the replicas of a fleet. Shares are of the replicas; at least one
/// falls to either side, and a single replica does everything.
public sealed interface Topology {
    /// Every replica does everything.
    @SuppressWarnings("ClassInitializationDeadlock") // a Together has nothing to initialise
    Topology TOGETHER = new Together();

    /// Every replica does everything.
    record Together() implements Topology {}

    /// Long prompts have replicas of their own, so that nobody waits behind one.
    ///
    /// @param longShare share of the replicas that take long prompts
    /// @param fromTokens prompts of this length or more are long
    record ByLength(double longShare, int fromTokens) implements Topology {
        public ByLength {
            requireShare("longShare", longShare);
            if (fromTokens < 1) {
                throw new IllegalArgumentException(
                        "fromTokens must be at least 1, got " + fromTokens);
            }
        }
    }

    /// Some replicas read prompts, the others write answers; what was read is copied from one to
    /// the other before the answer begins. The first token therefore comes after the copy.
    ///
    /// @param prefillShare share of the replicas that read prompts
    /// @param linkBytesPerSecond at which one reading replica sends, one request after the other
    /// @param bytesPerToken of keys and values
    record Split(double prefillShare, double linkBytesPerSecond, long bytesPerToken)
            implements Topology {
        public Split {
            requireShare("prefillShare", prefillShare);
            if (!(linkBytesPerSecond > 0) || bytesPerToken < 1) {
                throw new IllegalArgumentException(
                        ("linkBytesPerSecond must be above 0 and bytesPerToken at least 1, got %s"
                                        + " and %d")
                                .formatted(linkBytesPerSecond, bytesPerToken));
            }
        }

        /// How long a copy of so many tokens takes on a link that is free.
        public long copyNanos(int tokens) {
            return Math.round(1e9 * tokens * bytesPerToken / linkBytesPerSecond);
        }
    }

    /// Of so many replicas, those that are set apart: for long prompts, or for reading.
    default int apart(int replicas) {
        double share =
                switch (this) {
                    case Together _ -> 0;
                    case ByLength(double longShare, int _) -> longShare;
                    case Split(double prefillShare, double _, long _) -> prefillShare;
                };
        return share == 0 || replicas < 2
                ? 0
                : Math.clamp(Math.round(share * replicas), 1, replicas - 1);
    }

    private static void requireShare(String name, double share) {
        if (!(share > 0 && share < 1)) {
            throw new IllegalArgumentException(
                    "%s must be above 0 and below 1, got %s".formatted(name, share));
        }
    }
}
