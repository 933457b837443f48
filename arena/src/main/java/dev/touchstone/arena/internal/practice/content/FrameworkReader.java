package dev.touchstone.arena.internal.practice.content;

import dev.touchstone.arena.ContentException;
import dev.touchstone.arena.internal.content.Field;
import dev.touchstone.arena.practice.Framework;
import java.util.HashSet;
import java.util.Set;

/// Reads a framework's file, once it has passed the schema.
final class FrameworkReader {
    private FrameworkReader() {}

    /// Reads a framework.
    ///
    /// @throws ContentException with file, line, field and cure
    static Framework read(Field root) {
        Figures figures = Figures.read(root);
        Set<String> seen = new HashSet<>();
        return new Framework(
                root.text("id"),
                figures.fill(root, "title"),
                figures.fill(root, "summary"),
                root.list(
                        "steps",
                        step ->
                                new Framework.Step(
                                        ChallengeReader.fresh(step, seen),
                                        figures.fill(step, "title"),
                                        (int)
                                                Math.round(
                                                        step.maybe("minutes")
                                                                .map(Field::number)
                                                                .orElse(0.0)),
                                        figures.fill(step, "text"),
                                        figures.fillAll(step, "ask"))));
    }
}
