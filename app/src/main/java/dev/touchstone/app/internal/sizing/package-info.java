/// What the command line, the API and the pages have in common about plans and drills.
///
/// A drill is asked as a [Question], which holds nothing of its answer, and judged as a [Verdict],
/// which holds it only when it was found or given up. [SheetText] is a derivation for a terminal.
package dev.touchstone.app.internal.sizing;
