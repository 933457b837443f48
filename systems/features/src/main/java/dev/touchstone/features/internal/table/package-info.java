/// A view's rows, clustered by entity and time, in memory or mapped from a file.
///
/// Start at [ClusteredTable], which draws the layout. [TableBuilder] makes one from rows in any
/// order, [EntityIndex] finds an entity's rows.
package dev.touchstone.features.internal.table;
