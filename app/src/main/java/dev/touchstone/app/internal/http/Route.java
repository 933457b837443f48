package dev.touchstone.app.internal.http;

import io.helidon.http.Method;

/// A method, a path template such as `/api/runs/{run}`, and who answers.
public record Route(Method method, String path, Endpoint endpoint) {
    public static Route get(String path, Endpoint endpoint) {
        return new Route(Method.GET, path, endpoint);
    }

    public static Route delete(String path, Endpoint endpoint) {
        return new Route(Method.DELETE, path, endpoint);
    }

    public static Route post(String path, Endpoint endpoint) {
        return new Route(Method.POST, path, endpoint);
    }
}
