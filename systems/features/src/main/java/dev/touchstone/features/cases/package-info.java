/// Test cases as data files: a history, labels, and what each label must be given.
///
/// Start at [CaseFile#read]. A case says nothing about how a join is made, so the same files check
/// the oracle, the fast join and every engine. The format is described in `docs/features-cases.md`.
package dev.touchstone.features.cases;
