package dev.touchstone.features.cases;

import dev.touchstone.features.ComputedView;
import dev.touchstone.features.Definitions;
import java.util.List;

/// Features that are computed on request, from rows of other views and from columns of the labels.
///
/// @param title what it shows, in a sentence
/// @param definitions of the views, and of [#VIEW] with the formulas
/// @param views that have rows, with their histories
/// @param expectation what labels must be given: a cell for each formula
public record FormulaCase(
        String title,
        Definitions definitions,
        List<FeatureCase.History> views,
        FeatureCase.Expectation expectation) {
    /// What the view with the formulas is called.
    public static final String VIEW = "computed";

    /// The formulas and what a request brings to them.
    public ComputedView computed() {
        return definitions.computed().getFirst();
    }
}
