/// What the app's tests share: an incident that needs no simulator, and a server around it.
@NullMarked
package dev.touchstone.app.testing;

import org.jspecify.annotations.NullMarked;
