/// Arrow's file format, also called Feather 2, for flat columns: [ArrowFile] reads it,
/// [ArrowWriter] writes it. The metadata is Arrow's own generated classes; bodies are laid out
/// here, without the Arrow libraries that reach into the JDK's memory.
package dev.touchstone.features.internal.arrow;
