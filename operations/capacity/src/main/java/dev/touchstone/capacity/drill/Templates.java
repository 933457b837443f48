package dev.touchstone.capacity.drill;

import java.util.List;

/// The kinds of drill, one class each.
final class Templates {
    static final List<Template> ALL =
            List.of(
                    RankingGpus.template(),
                    KvMemory.template(),
                    EmbeddingShards.template(),
                    LogPartitions.template(),
                    TrainingTime.template(),
                    IndexMemory.template(),
                    ServingCost.template(),
                    AllreduceTime.template());

    private Templates() {}
}
