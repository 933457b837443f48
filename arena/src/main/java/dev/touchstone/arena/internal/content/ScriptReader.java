package dev.touchstone.arena.internal.content;

import dev.touchstone.arena.ContentException;
import dev.touchstone.arena.RunRecord;

/// Reads recorded runs: `incident`, `seed` and `actions`, in YAML or JSON.
///
/// Names are not looked up here but when the run is played, which knows what was open to the player
/// at that moment.
public final class ScriptReader {
    private ScriptReader() {}

    /// Reads a script.
    ///
    /// @param file its name, for messages
    /// @throws ContentException with file, line and field
    public static RunRecord read(String file, String text) {
        Document document = Document.read(file, text);
        ContentSchema.builtIn().checkScript(document);
        Field root = document.root();
        return new RunRecord(
                root.text("incident"),
                root.at("seed").integer(),
                root.list("actions", ActionReader::read));
    }
}
