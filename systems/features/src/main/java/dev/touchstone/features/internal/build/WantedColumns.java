package dev.touchstone.features.internal.build;

import dev.touchstone.features.Column;
import java.util.List;
import java.util.Optional;

/// The columns of features that a set gets.
///
/// @param names of the columns
/// @param request the labels' columns that computed features take in place of a request's fields
/// @param computed those that are computed
/// @param hidden how many features behind the named ones are only there to compute from
public record WantedColumns(
        List<String> names, List<Column> request, List<ComputedColumn> computed, int hidden) {
    public WantedColumns {
        names = List.copyOf(names);
        request = List.copyOf(request);
        computed = List.copyOf(computed);
    }

    /// Columns none of which is computed.
    public static WantedColumns of(List<String> names) {
        return new WantedColumns(names, List.of(), List.of(), 0);
    }

    /// The one at a position, if it is computed.
    Optional<ComputedColumn> computed(int output) {
        return computed.stream().filter(one -> one.output() == output).findFirst();
    }
}
