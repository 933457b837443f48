/// What keeps a change from doing harm, and finds it when it did.
///
/// Start at [Timeline], the one record of everything that people and machines changed. Nothing here
/// does I/O or reads a clock.
package dev.touchstone.guardrails;
