package dev.touchstone.app.internal.practice;

import dev.touchstone.arena.practice.Item;
import java.time.Instant;
import java.util.Optional;

/// An item on the review schedule.
///
/// @param title for a list
/// @param due when it is to be reviewed; empty when it has never been attempted
/// @param overdueDays whole days past that
public record Due(Item item, String title, Optional<Instant> due, long overdueDays) {}
