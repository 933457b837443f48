package dev.touchstone.llm.fleet.simulation;

import dev.touchstone.llm.Accelerator;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.ModelSpec;
import dev.touchstone.llm.RooflineExecutor;
import dev.touchstone.llm.SchedulerConfig;
import dev.touchstone.llm.SchedulerConfig.Batching;
import dev.touchstone.llm.SchedulerConfig.BatchingMode;
import dev.touchstone.llm.fleet.RouterConfig;
import dev.touchstone.llm.replay.ReplaySettings;
import java.time.Duration;

/// Fleets and loads to test with.
final class Fleets {
    static final KvCacheLayout H100_LAYOUT =
            KvCacheLayout.remaining(
                    ModelSpec.CHAT_13B, Accelerator.H100, ReplaySettings.DEFAULT_SCRATCH_BYTES);

    private Fleets() {}

    /// H100s with the course's model.
    static FleetSettings of(int replicas, long seed) {
        return with(replicas, H100_LAYOUT, 512, seed);
    }

    static FleetSettings with(int replicas, KvCacheLayout layout, int budget, long seed) {
        SchedulerConfig config =
                SchedulerConfig.DEFAULT.with(
                        new Batching(BatchingMode.CONTINUOUS, budget, 256, Integer.MAX_VALUE));
        return new FleetSettings(
                replicas,
                layout,
                ReplaySettings.withPrefixCache(config, true),
                () -> new RooflineExecutor(ModelSpec.CHAT_13B, Accelerator.H100, 0.5),
                RouterConfig.DEFAULT,
                Control.NONE,
                2.5,
                seed,
                true);
    }

    /// The course's users, fewer of them.
    static SessionLoad users(int sessions, Duration duration) {
        SessionLoad course = SessionLoad.COURSE;
        return new SessionLoad(
                sessions,
                course.requestsPerHour(),
                course.peak(),
                duration,
                course.conversation(),
                course.lowPriorityShare());
    }
}
