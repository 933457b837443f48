package dev.touchstone.capacity;

import dev.touchstone.capacity.internal.plans.AllreducePlan;
import dev.touchstone.capacity.internal.plans.AnnPlan;
import dev.touchstone.capacity.internal.plans.CostPlan;
import dev.touchstone.capacity.internal.plans.EmbeddingsPlan;
import dev.touchstone.capacity.internal.plans.FeaturesPlan;
import dev.touchstone.capacity.internal.plans.FeedPlan;
import dev.touchstone.capacity.internal.plans.KafkaPlan;
import dev.touchstone.capacity.internal.plans.LlmPlan;
import dev.touchstone.capacity.internal.plans.RagPlan;
import dev.touchstone.capacity.internal.plans.TrainingPlan;
import java.util.List;

/// The plans that ship.
public final class Plans {
    /// All of them, in the order in which they are listed.
    public static final List<Plan> ALL =
            List.of(
                    LlmPlan.create(),
                    FeedPlan.create(),
                    RagPlan.create(),
                    FeaturesPlan.create(),
                    TrainingPlan.create(),
                    EmbeddingsPlan.create(),
                    KafkaPlan.create(),
                    AnnPlan.create(),
                    AllreducePlan.create(),
                    CostPlan.create());

    private Plans() {}

    /// The plan of that name.
    ///
    /// @throws IllegalArgumentException when there is none; the nearest one is named
    public static Plan named(String id) {
        return ALL.stream()
                .filter(plan -> plan.id().equals(id))
                .findFirst()
                .orElseThrow(() -> {
                    List<String> known = ALL.stream().map(Plan::id).toList();
                    return new IllegalArgumentException(
                            "there is no plan '%s'%s; plans are %s"
                                    .formatted(
                                            id, Nearest.hint(id, known), String.join(", ", known)));
                });
    }
}
