/// What an engine provides, so that the same definitions run beyond this process: the table that is
/// served from ([OnlineTable]), streams of events ([EventFeed]), other doors for reads
/// ([ReadDoor]). Each is found by [java.util.ServiceLoader], and only when somebody asks for it.
package dev.touchstone.features.engines;
