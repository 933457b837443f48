/// Incidents and scripts as data files: read, checked and turned into what the engine plays.
///
/// Start at [IncidentReader] for incidents and [ScriptReader] for recorded runs. A [Document] is a
/// file's tree, checked against the JSON schema; a [Field] is one place in it, which knows its line
/// and its path for messages. What comes out is an [IncidentPlan], whose public part is an
/// [dev.touchstone.arena.Incident].
package dev.touchstone.arena.internal.content;
