import org.jspecify.annotations.NullMarked;

/// A point-in-time feature store: bitemporal history, as-of join, training sets.
@NullMarked
module dev.touchstone.features {
    requires static org.jspecify;
    // Hardwood needs it for Zstandard, and a module that nobody requires is not there.
    requires com.github.luben.zstd_jni;
    requires dev.hardwood.core;
    requires dev.touchstone.simulation;
    // Generated classes for the metadata of Arrow files, and no more of Arrow.
    requires org.apache.arrow.format;
    // Sets how large a file of definitions may be.
    requires org.snakeyaml.engine;
    requires tools.jackson.core;
    requires tools.jackson.databind;
    requires tools.jackson.dataformat.yaml;

    exports dev.touchstone.features;
    exports dev.touchstone.features.cases;
    exports dev.touchstone.features.demo;
    exports dev.touchstone.features.engines;

    // Manifests are written by reflection.
    opens dev.touchstone.features to
            tools.jackson.databind;
}
