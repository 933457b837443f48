package dev.touchstone.grpc;

import dev.touchstone.features.engines.OnlineReads;
import dev.touchstone.features.engines.ReadDoor;
import dev.touchstone.features.engines.ReadDoorProvider;
import java.io.IOException;

/// Opens doors that speak gRPC.
public final class GrpcDoors implements ReadDoorProvider {
    @Override
    public String kind() {
        return "grpc";
    }

    @Override
    public ReadDoor open(Place place, OnlineReads reads) throws IOException {
        return FeastDoor.open(place, reads);
    }
}
