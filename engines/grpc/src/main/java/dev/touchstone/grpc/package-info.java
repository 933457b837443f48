/// Online reads over gRPC, as Feast's serving API has them. Start at [FeastDoor].
///
/// The two messages that a read needs are written and read field by field, see [FeastWire]: there
/// is no generated code, so a build needs no compiler for Protocol Buffers. The tests ask with the
/// client that Feast's project generated.
@NullMarked
package dev.touchstone.grpc;

import org.jspecify.annotations.NullMarked;
