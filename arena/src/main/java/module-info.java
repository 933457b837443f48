import org.jspecify.annotations.NullMarked;

/// Incidents and challenges to practise on: content, the attempt protocol and grading.
@NullMarked
module dev.touchstone.arena {
    requires static org.jspecify;
    requires transitive dev.touchstone.capacity;
    requires transitive dev.touchstone.guardrails;
    requires transitive dev.touchstone.telemetry;
    requires transitive dev.touchstone.llm;
    requires dev.touchstone.simulation;
    requires com.fasterxml.jackson.annotation;
    requires com.networknt.schema;
    requires tools.jackson.core;
    requires tools.jackson.databind;
    requires tools.jackson.dataformat.yaml;

    exports dev.touchstone.arena;
    exports dev.touchstone.arena.design;
    exports dev.touchstone.arena.practice;
}
