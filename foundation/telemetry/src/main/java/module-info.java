import org.jspecify.annotations.NullMarked;

/// The time series of everything.
///
/// Micrometer is needed by those who use the Prometheus export, and only by them.
@NullMarked
module dev.touchstone.telemetry {
    requires static org.jspecify;
    requires static io.prometheus.metrics.model;
    requires static micrometer.registry.prometheus;

    exports dev.touchstone.telemetry;
}
