package dev.touchstone.app.internal.pages;

import java.time.InstantSource;

/// What every page is made with.
///
/// @param assets the folder under which this version's assets are found
public record Kit(String assets, Templates templates, InstantSource clock) {}
