package dev.touchstone.arena.practice;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Everything a person may see of a challenge before attempting it.
///
/// @param summary one sentence for a list; gives nothing away
/// @param live the id of the incident in which the same thing can be played; else empty
/// @param scenario paragraphs of Markdown-lite: blank lines, `- ` lists, `**bold**`, `` `code` ``
/// @param tasks what to produce, in order
/// @param form what the answer consists of, in the order in which it is asked for: numbers first
/// @param budget the table that some of the form's sections fill in; empty for debugging
/// @param rubric what is graded; what each level takes is part of the [Solution]
/// @param hints how many there are
public record Brief(
        String id,
        Kind kind,
        String title,
        String summary,
        Optional<String> live,
        String scenario,
        List<Constraint> constraints,
        List<String> tasks,
        Telemetry telemetry,
        List<Section> form,
        Optional<Budget> budget,
        List<Dimension> rubric,
        int hints) {
    public Brief {
        constraints = List.copyOf(constraints);
        tasks = List.copyOf(tasks);
        form = List.copyOf(form);
        rubric = List.copyOf(rubric);
    }

    /// What kind of challenge it is.
    public enum Kind {
        DESIGN,
        WAR_ROOM,
        ON_CALL;

        /// `war-room`, as in content files.
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public Item item() {
        return Item.challenge(id);
    }

    /// The section of the form with this id.
    public Optional<Section> section(String id) {
        return form.stream().filter(section -> section.id().equals(id)).findFirst();
    }

    /// Something that holds, such as a requirement or who is on call.
    public record Constraint(String id, String text) {}

    /// A field of the answer's form.
    ///
    /// @param id as in [Move.Save]: `question/peak`, `text/skeleton`, `budget/retrieval`
    /// @param title a few words; a question's whole text
    /// @param unit what a number is wanted in; empty where no number is asked for
    public record Section(String id, Input input, String title, String unit) {}

    /// How a section is filled in.
    public enum Input {
        /// A number with its unit; one of the questions that come first.
        NUMBER,
        /// A time of day, `13:45`; one of the questions that come first.
        TIME,
        /// A few words; one of the questions that come first.
        WORDS,
        /// A row of the budget: a quantity in the budget's unit.
        BUDGET,
        /// Prose.
        TEXT;

        /// Whether it is one of the questions that come first.
        public boolean isQuestion() {
            return this == NUMBER || this == TIME || this == WORDS;
        }
    }

    /// A table whose rows must add up to no more than the limit.
    ///
    /// @param limit with its unit: `100 ms`
    /// @param rows sections of the form
    public record Budget(String title, String unit, String limit, List<Section> rows) {
        public Budget {
            rows = List.copyOf(rows);
        }
    }

    /// What is graded, in a few words.
    public record Dimension(String id, String title) {}

    /// What the screens show; all empty for a design.
    public record Telemetry(List<Change> changes, List<Chart> charts, List<Table> tables) {
        /// Nothing to see.
        public static final Telemetry NONE = new Telemetry(List.of(), List.of(), List.of());

        public Telemetry {
            changes = List.copyOf(changes);
            charts = List.copyOf(charts);
            tables = List.copyOf(tables);
        }
    }

    /// A line of the change timeline.
    public record Change(String at, String what) {}

    /// Lines over an axis.
    ///
    /// @param axis `time` when the points' x are times such as `13:30` or `Fri 12:00`; else what
    ///   their x, plain numbers, count
    /// @param limit to draw a line at, in the unit
    public record Chart(
            String title, String axis, String unit, Optional<Double> limit, List<Series> series) {
        public Chart {
            series = List.copyOf(series);
        }
    }

    /// One line of a chart.
    public record Series(String name, List<Point> points) {
        public Series {
            points = List.copyOf(points);
        }
    }

    /// @param x as written in the file
    public record Point(String x, double y) {}

    /// Rows of text.
    public record Table(String title, List<String> columns, List<List<String>> rows) {
        public Table {
            columns = List.copyOf(columns);
            rows = rows.stream().map(List::copyOf).toList();
        }
    }
}
