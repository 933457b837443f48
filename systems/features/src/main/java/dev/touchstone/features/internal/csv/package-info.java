/// Comma-separated values: RFC 4180, with a header, where an empty cell is missing and `""` is the
/// empty text.
package dev.touchstone.features.internal.csv;
