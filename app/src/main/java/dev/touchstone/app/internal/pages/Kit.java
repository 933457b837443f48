package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.practice.PracticeDesk;
import java.time.InstantSource;

/// What practice pages are made with.
///
/// @param assets the folder under which this version's assets are found
public record Kit(String assets, Templates templates, PracticeDesk desk, InstantSource clock) {}
