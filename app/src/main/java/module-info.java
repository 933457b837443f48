import org.jspecify.annotations.NullMarked;

/// The application: command line, HTTP server and web pages over the arena.
@NullMarked
module dev.touchstone.app {
    requires static org.jspecify;
    requires dev.touchstone.arena;
    requires dev.touchstone.capacity;
    requires dev.touchstone.features;
    requires dev.touchstone.llm;
    requires com.fasterxml.jackson.annotation;
    requires com.h2database;
    requires gg.jte.runtime;
    requires info.picocli;
    requires io.helidon.common.buffers;
    requires io.helidon.common.concurrency.limits;
    requires io.helidon.common.parameters;
    requires io.helidon.common.socket;
    requires io.helidon.http;
    requires io.helidon.http.sse;
    requires io.helidon.webserver;
    requires io.helidon.webserver.sse;
    requires java.logging;
    requires java.net.http;
    requires java.sql;
    requires micrometer.core;
    requires micrometer.registry.prometheus;
    requires tools.jackson.core;
    requires tools.jackson.databind;

    // Engines, found when somebody asks for one.
    uses dev.touchstone.features.engines.EventFeedProvider;
    uses dev.touchstone.features.engines.OnlineTableProvider;
    uses dev.touchstone.features.engines.ReadDoorProvider;

    // Read and written by reflection.
    opens dev.touchstone.app.internal.cli to
            info.picocli;
    opens dev.touchstone.app.internal.features to
            tools.jackson.databind;
    opens dev.touchstone.app.internal.http to
            tools.jackson.databind;
    opens dev.touchstone.app.internal.llm to
            tools.jackson.databind;
    opens dev.touchstone.app.internal.llm.proxy to
            tools.jackson.databind;
    opens dev.touchstone.app.internal.practice to
            tools.jackson.databind;
    opens dev.touchstone.app.internal.pages to
            tools.jackson.databind;
    opens dev.touchstone.app.internal.runs to
            tools.jackson.databind;
    opens dev.touchstone.app.internal.simulate to
            tools.jackson.databind;
    opens dev.touchstone.app.internal.sizing to
            tools.jackson.databind;

    // The compiled templates.
    exports gg.jte.generated.precompiled to
            gg.jte.runtime;
}
