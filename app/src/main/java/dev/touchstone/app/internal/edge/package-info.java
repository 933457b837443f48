/// Where the program touches what cannot be replayed: the wall clock, chance, threads, and the
/// desktop's browser. Everything else is handed times, seeds and ids.
package dev.touchstone.app.internal.edge;
