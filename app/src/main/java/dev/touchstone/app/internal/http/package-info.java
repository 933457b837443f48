/// The HTTP side: what every request passes through, and the JSON API.
///
/// Start at [ApiEndpoints], where the API's routes are listed. A request passes [Door] (is it ours,
/// may it come in?), reaches an [Endpoint] with an [Exchange] in its hand, and leaves as JSON, a
/// page or a [Problem]. The rules that hold for all of them are in [Dispatcher].
package dev.touchstone.app.internal.http;
