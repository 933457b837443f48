/// Training sets built elsewhere, compared with a history cell by cell.
package dev.touchstone.features.internal.audit;
