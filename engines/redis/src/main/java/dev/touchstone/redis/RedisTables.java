package dev.touchstone.redis;

import dev.touchstone.features.engines.OnlineTable;
import dev.touchstone.features.engines.OnlineTableProvider;
import java.io.IOException;
import java.net.URI;
import java.util.Set;

/// Opens tables at `redis://`, and with TLS at `rediss://`.
public final class RedisTables implements OnlineTableProvider {
    private static final Set<String> SCHEMES = Set.of("redis", "rediss");

    @Override
    public boolean provides(URI address) {
        return address.getScheme() != null && SCHEMES.contains(address.getScheme());
    }

    @Override
    public OnlineTable open(URI address) throws IOException {
        return RedisTable.open(address);
    }
}
