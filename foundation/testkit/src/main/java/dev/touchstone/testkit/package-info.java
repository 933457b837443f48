/// What the tests of every module share.
///
/// Start at [Seeds], which turns a test into a hundred reproducible ones. [JavaProcess] is for what
/// only a separate process can show: that a write survives a kill. [Eventually] waits for what
/// another thread is about to do. Nothing here sleeps for a fixed time or reads randomness of its
/// own.
package dev.touchstone.testkit;
