/// How long a step takes on a real GPU.
///
/// Start at [Hardware]: it makes a [KernelExecutor] for a model and an accelerator, from the
/// coefficients that ship with this library or from tables of measured kernel times. Both price the
/// same list of kernels; [Kernels] is the seam between them.
///
/// Reading tables is the only input. Executors hold no state, draw no random numbers, and give the
/// same result on any machine.
package dev.touchstone.llm.hardware;
