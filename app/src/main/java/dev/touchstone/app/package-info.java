/// The program `touchstone`: [Main] reads the command line, the rest is behind it in `internal`.
package dev.touchstone.app;
