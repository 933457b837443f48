/// The one place in the kernels that starts threads.
package dev.touchstone.kernels.threads;
