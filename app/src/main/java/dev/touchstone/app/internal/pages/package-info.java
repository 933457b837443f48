/// The web pages: what each shows is a record, worked out here; how it looks is a template under
/// `src/main/jte`.
///
/// Start at [FrontPage], then [RoomPage], where an incident is played, then [ReportPage].
/// Everything that changes something is a form, so that it works by keyboard, after a reload and
/// without the scripts; htmx only saves the page from being loaded anew.
package dev.touchstone.app.internal.pages;
