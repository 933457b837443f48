/// Events that come by themselves: from JSON to rows, what is no event into quarantine, files of a
/// folder. Start at [dev.touchstone.features.FeedReader].
package dev.touchstone.features.internal.events;
