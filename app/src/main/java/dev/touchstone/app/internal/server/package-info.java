/// Puts the parts together into one server that is started and stopped as a whole.
package dev.touchstone.app.internal.server;
