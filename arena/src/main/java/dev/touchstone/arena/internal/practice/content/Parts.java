package dev.touchstone.arena.internal.practice.content;

import dev.touchstone.arena.practice.Brief;
import java.util.List;

/// The parts of an answer, by kind of challenge.
final class Parts {
    private static final List<Part> DESIGN =
            List.of(
                    new Part("requirements", "Requirements"),
                    new Part("numbers", "Numbers"),
                    new Part("skeleton", "Skeleton"),
                    new Part("budget", "Budget"),
                    new Part("dive-one", "First deep dive"),
                    new Part("dive-two", "Second deep dive"),
                    new Part("failures", "Failure modes"),
                    new Part("evolution", "Evolution"));

    private static final List<Part> DEBUG =
            List.of(
                    new Part("when", "When it began"),
                    new Part("changed", "What changed"),
                    new Part("moved", "What moved together"),
                    new Part("hypotheses", "Hypotheses, the likeliest first"),
                    new Part("probes", "Probes, the cheapest first"),
                    new Part("fix", "Fix, in order"),
                    new Part("prevention", "Prevention"));

    private Parts() {}

    record Part(String id, String title) {}

    /// In the order in which they are written.
    static List<Part> of(Brief.Kind kind) {
        return switch (kind) {
            case DESIGN -> DESIGN;
            case WAR_ROOM, ON_CALL -> DEBUG;
        };
    }
}
