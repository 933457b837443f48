/// What is served, kept in a table outside this process. Start at [RemoteViews].
///
/// Under each entity's key stand the rows that may still be served, each with its sequence number.
/// A push adds to the end of them; now and then what can never be served again is left out. A read
/// takes the bytes of all its entities in one round trip, and shows them to the same
/// [dev.touchstone.features.internal.online.OnlineView] that serves from memory, so it has the same
/// answers, as of any moment that is not long gone. A row that is added twice counts once.
package dev.touchstone.features.internal.remote;
