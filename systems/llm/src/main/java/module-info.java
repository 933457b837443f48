import org.jspecify.annotations.NullMarked;

/// LLM serving: the engine's scheduler and KV cache, executors, and the replay of real traces.
@NullMarked
module dev.touchstone.llm {
    requires static org.jspecify;
    requires transitive dev.touchstone.simulation;
    requires transitive dev.touchstone.kernels;
    requires transitive dev.touchstone.telemetry;

    exports dev.touchstone.llm;
    exports dev.touchstone.llm.fleet;
    exports dev.touchstone.llm.hardware;
    exports dev.touchstone.llm.cpu;
    exports dev.touchstone.llm.fleet.simulation;
    exports dev.touchstone.llm.replay;
    exports dev.touchstone.llm.speculation;
    exports dev.touchstone.llm.text;
}
