package dev.touchstone.arena.practice;

import java.util.List;

/// What the model answer opens. Texts are Markdown-lite, figures filled in.
///
/// @param parts the answer, in the order of the form
/// @param order the accepted order of action, most important first; empty for a design
/// @param fatal what must not be done; empty for a design
/// @param rubric what each level takes
/// @param figures the calculations behind the numbers
public record Solution(
        List<Part> parts,
        List<Deed> order,
        List<Fatal> fatal,
        List<Mistake> mistakes,
        List<Probing> probing,
        List<Row> rubric,
        List<Figure> figures) {
    public Solution {
        parts = List.copyOf(parts);
        order = List.copyOf(order);
        fatal = List.copyOf(fatal);
        mistakes = List.copyOf(mistakes);
        probing = List.copyOf(probing);
        rubric = List.copyOf(rubric);
        figures = List.copyOf(figures);
    }

    /// A part of the model answer.
    ///
    /// @param id `skeleton`; belongs beside the form's section `text/skeleton`, or `question/when`
    ///   where the questions ask for it
    public record Part(String id, String title, String text) {}

    /// Something to do, and why at this point.
    public record Deed(String id, String text, String why) {}

    /// Something that must not be done.
    public record Fatal(String text, String because) {}

    /// A common wrong answer.
    public record Mistake(String says, String because) {}

    /// What an interviewer would ask next.
    public record Probing(String ask, String answer) {}

    /// A row of the rubric.
    public record Row(
            String dimension,
            String title,
            String junior,
            String senior,
            String staff,
            String principal) {}
}
