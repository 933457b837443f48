/// The command line. Each command is a class; what it cannot do is said in a sentence that names
/// the thing, the place and the cure, and never as a stack trace.
package dev.touchstone.app.internal.cli;
