/// The arithmetic of a transformer on a CPU.
///
/// Start at [Kernels#best]: it answers with the Vector API's kernels where the machine and the way
/// Java was started allow it, otherwise with their plain twins, which say what each is to compute.
/// A [Matrix] is a view of weights as a model file stores them, in one of the [Format]s.
///
/// **Same numbers, whatever the company.** The product of a matrix row and a token is computed in
/// one fixed order that depends on the number of columns alone. How many tokens are multiplied at
/// once, which rows a thread has, and whether code is interpreted or compiled changes no bit of it.
package dev.touchstone.kernels;
