package dev.touchstone.features.internal.log;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// The files of a folder, to be read.
public interface DiskFiles {
    /// The names of all files.
    List<String> list() throws IOException;

    /// The bytes of a file as they are now.
    MemorySegment map(String name, Arena arena) throws IOException;
}
