package dev.touchstone.arena.internal.rules;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// One constraint on the order of a response. Actions count from when they were begun; one that the
/// end of the clock cut short does not count.
public sealed interface OrderRule {
    /// The figure that the rule reads, where it reads one.
    default Optional<String> figure() {
        return this instanceof Before before
                ? before.unless().map(Unless::figure)
                : Optional.empty();
    }

    /// `first(a|b) <= 5m`: of the player's actions of that sort (levers, probes, …), the first is
    /// one of these, and in time.
    record First(List<ActionRef> refs, Duration limit) implements OrderRule {
        public First {
            refs = List.copyOf(refs);
        }
    }

    /// `confirm(x|y) within 5m of a|b`: after one of the levers took effect, one of the signals was
    /// cited or one of the probes run, in time.
    record Confirm(List<String> looks, Duration within, List<ActionRef> of) implements OrderRule {
        public Confirm {
            looks = List.copyOf(looks);
            of = List.copyOf(of);
        }
    }

    /// `before(x, 10m)`: done in time.
    record By(List<ActionRef> refs, Duration limit) implements OrderRule {
        public By {
            refs = List.copyOf(refs);
        }
    }

    /// `before(x, y)`: x was done, and not after y; y may be left out. With `unless`, y alone is
    /// right too where the figure was beyond the limit when y was begun.
    record Before(List<ActionRef> earlier, List<ActionRef> later, Optional<Unless> unless)
            implements OrderRule {
        public Before {
            earlier = List.copyOf(earlier);
            later = List.copyOf(later);
        }
    }

    /// `if evidence(s) then lever(x)`: the signal was cited or probed, and then the lever pulled.
    record Evidenced(List<String> signals, List<ActionRef> levers) implements OrderRule {
        public Evidenced {
            signals = List.copyOf(signals);
            levers = List.copyOf(levers);
        }
    }

    /// `unless figure > limit`, or `<`.
    record Unless(String figure, boolean above, double limit) {
        boolean holds(double value) {
            return above ? value > limit : value < limit;
        }
    }
}
