package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.practice.Due;
import dev.touchstone.app.internal.practice.PastAttempt;
import dev.touchstone.arena.practice.Item;
import java.util.ArrayList;
import java.util.List;

/// What to do today.
///
/// @param lines challenges and drills that are due, then some that are new
/// @param cardsDue cards and errors to review; they are done in one go
/// @param greeting the headline
/// @param lead a sentence below it
public record Agenda(List<Line> lines, long cardsDue, String greeting, String lead) {
    private static final int MAX_LINES = 8;

    public Agenda {
        lines = List.copyOf(lines);
    }

    /// Something to do.
    ///
    /// @param address where it is described
    /// @param starts whether it begins at once, without a page of its own before
    public record Line(
            Item item, String title, String kind, String when, String address, boolean starts) {}

    static Agenda of(List<Due> due, List<PastAttempt> attempts) {
        long cards =
                due.stream().filter(each -> each.due().isPresent()).filter(Agenda::isCard).count();
        var lines = new ArrayList<Line>();
        due.stream()
                .filter(each -> !isCard(each))
                .limit(MAX_LINES)
                .forEach(each -> lines.add(line(each)));
        boolean first = attempts.isEmpty();
        long overdue = due.stream().filter(each -> each.due().isPresent()).count();
        String greeting =
                first ? "Attempt first." : overdue == 0 ? "Nothing is due." : "Due today.";
        String lead =
                first
                        ? "Design it, size it, debug it: each challenge runs against the clock, and hints and answers open only once yours is stored. Start with the first one; what you forget comes back when you are about to."
                        : overdue == 0
                                ? "Here is something new, if you have the time."
                                : "What you have done before and are about to forget, the longest overdue first.";
        return new Agenda(lines, cards, greeting, lead);
    }

    private static Line line(Due due) {
        boolean drill = due.item().kind() == Item.Kind.DRILL;
        return new Line(
                due.item(),
                due.title(),
                Words.of(due.item().kind()),
                due.due().isEmpty()
                        ? "new"
                        : due.overdueDays() == 0
                                ? "due today"
                                : due.overdueDays() == 1
                                        ? "1 day overdue"
                                        : due.overdueDays() + " days overdue",
                drill ? "/drill/" + due.item().id() : "/challenges/" + due.item().id(),
                drill);
    }

    private static boolean isCard(Due due) {
        return due.item().kind() == Item.Kind.CARD || due.item().kind() == Item.Kind.ERRATUM;
    }
}
