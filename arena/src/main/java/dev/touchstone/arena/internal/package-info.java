/// What an incident needs from the system it is played on.
///
/// An incident is a data file plus a [Deployment]: the file says what can be seen, done and earned,
/// the deployment simulates what comes of it. To add a kind of deployment, implement
/// [DeploymentFactory], list it in [dev.touchstone.arena.IncidentCatalog#builtIn] and name it in
/// the incident's file.
///
/// The rooms behind, each using only those before it: `rules` (the language of what is right),
/// `content` (data files), `play` (a run), `grading` (a run's report).
package dev.touchstone.arena.internal;
