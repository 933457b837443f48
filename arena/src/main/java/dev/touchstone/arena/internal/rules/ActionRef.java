package dev.touchstone.arena.internal.rules;

import java.util.Optional;

/// Something that a player can do, as a rule points at it.
public sealed interface ActionRef {
    /// `lever:option`, or `lever` alone for every option but the initial one.
    record Lever(String lever, Optional<String> option) implements ActionRef {}

    /// `probe`: having looked.
    record Probe(String probe) implements ActionRef {}

    /// `announce`: a status line.
    record Announce() implements ActionRef {}

    /// `declare`: naming the cause and handing over.
    record Declare() implements ActionRef {}
}
