package dev.touchstone.app.internal.http;

import dev.touchstone.app.internal.practice.PracticeException;
import dev.touchstone.app.internal.runs.RunException;
import io.helidon.http.DirectHandler;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/// What holds for every request: it passes the door, its answer carries the same safety headers,
/// and whatever goes wrong is told as a problem.
public final class Dispatcher {
    /// Reached without a token, or nobody could ever show one.
    private static final List<String> OPEN_PATHS = List.of("/login", "/assets/");

    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " media-src 'self' blob:;"
                    + " connect-src 'self'; form-action 'self'; base-uri 'none';"
                    + " frame-ancestors 'none'; manifest-src 'self'";

    private static final List<Header> SAFETY =
            List.of(
                    HeaderValues.createCached("Content-Security-Policy", POLICY),
                    HeaderValues.createCached("X-Content-Type-Options", "nosniff"),
                    HeaderValues.createCached("Referrer-Policy", "same-origin"),
                    HeaderValues.createCached("Cross-Origin-Opener-Policy", "same-origin"),
                    HeaderValues.createCached("Cross-Origin-Resource-Policy", "same-origin"));

    /// Where clients expect errors in OpenAI's form.
    private static final String OPENAI = "/v1/";

    private static final String PROBLEM = "application/problem+json";

    private static final Logger LOG = System.getLogger(Dispatcher.class.getName());

    private final List<Route> routes;
    private final Door door;
    private final ProblemPages problemPages;
    private final Metrics metrics;
    private final Connections connections = new Connections();

    public Dispatcher(List<Route> routes, Door door, ProblemPages problemPages, Metrics metrics) {
        this.routes = List.copyOf(routes);
        this.door = door;
        this.problemPages = problemPages;
        this.metrics = metrics;
    }

    /// How a problem looks to a person.
    public interface ProblemPages {
        /// A whole page.
        String page(Problem problem);

        /// A part that htmx puts into the page it has.
        String notice(Problem problem);
    }

    /// Puts the routes into the server.
    public void register(HttpRouting.Builder routing) {
        for (Route route : routes) {
            Handler handler =
                    (request, response) -> serve(route.path(), route.endpoint(), request, response);
            routing.route(route.method(), route.path(), handler);
            if (route.method().equals(Method.GET)) {
                routing.route(Method.HEAD, route.path(), handler);
            }
        }
        routing.any((request, response) -> serve("none", this::noRoute, request, response));
    }

    /// How connections are taken: as HTTP/1.1, and so that a handler can tell whether its asker has
    /// hung up.
    public ServerConnectionSelector connections() {
        return connections.selector();
    }

    /// The answer to what cannot be read as a request: a problem as well.
    public static DirectHandlers unreadable() {
        DirectHandler tell =
                (_, type, status, headers, message) ->
                        DirectHandler.TransportResponse.builder()
                                .status(status)
                                .headers(headers)
                                .header(HeaderNames.CONTENT_TYPE, PROBLEM)
                                .keepAlive(type.keepAlive())
                                .entity(
                                        new Problem(
                                                        status.code(),
                                                        "unreadable-request",
                                                        "The request cannot be read",
                                                        Objects.requireNonNullElse(
                                                                message,
                                                                "its path or a header is malformed"))
                                                .document())
                                .build();
        var handlers = DirectHandlers.builder();
        for (var type : DirectHandler.EventType.values()) {
            handlers.addHandler(type, tell);
        }
        return handlers.build();
    }

    private void serve(
            String label, Endpoint endpoint, ServerRequest request, ServerResponse response) {
        var exchange = new Exchange(request, response, connections, door);
        var timer = metrics.start();
        exchange.headers(SAFETY);
        try {
            enter(exchange, endpoint);
        } catch (Problem problem) {
            answer(exchange, problem);
        } catch (RunException e) {
            answer(exchange, Problem.of(e));
        } catch (PracticeException e) {
            answer(exchange, Problem.of(e));
        } catch (CloseConnectionException e) {
            throw e; // The server knows what to do.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The server is stopping.
        } catch (Exception e) {
            if (!exchange.answered()) {
                LOG.log(Level.ERROR, exchange.method().text() + " " + exchange.path(), e);
                answer(
                        exchange,
                        new Problem(
                                500,
                                "bug",
                                "This is a bug of ours",
                                "the server's log has the details; reloading loses nothing"));
            }
        } finally {
            metrics.served(timer, exchange.method().text(), label, exchange.status());
        }
    }

    private void enter(Exchange exchange, Endpoint endpoint) throws Exception {
        door.checkOrigin(exchange);
        boolean open = OPEN_PATHS.stream().anyMatch(exchange.path()::startsWith);
        if (open || door.admits(exchange)) {
            endpoint.handle(exchange);
        } else if (exchange.fromBrowser()) {
            exchange.goTo("/login");
        } else {
            exchange.header("WWW-Authenticate", "Bearer");
            throw new Problem(
                    401,
                    "no-token",
                    "A token is needed",
                    "send Authorization: Bearer TOKEN, with the token the server was started with");
        }
    }

    private void answer(Exchange exchange, Problem problem) {
        if (exchange.answered()) {
            return;
        }
        if (exchange.path().startsWith(OPENAI)) {
            exchange.sendJson(problem.status(), OpenAiError.of(problem));
        } else if (exchange.fromHtmx()) {
            exchange.sendHtml(problem.status(), problemPages.notice(problem));
        } else if (exchange.fromBrowser()) {
            exchange.sendHtml(problem.status(), problemPages.page(problem));
        } else {
            exchange.send(problem.status(), PROBLEM, problem.document());
        }
    }

    private void noRoute(Exchange exchange) {
        String allowed =
                routes.stream()
                        .filter(route -> matches(route.path(), exchange.path()))
                        .map(route -> route.method().text())
                        .distinct()
                        .collect(Collectors.joining(", "));
        if (allowed.isEmpty()) {
            throw new Problem(
                    404,
                    "no-such-page",
                    "There is nothing here",
                    "there is nothing at %s; the API is described at /api"
                            .formatted(exchange.path()));
        }
        exchange.header("Allow", allowed);
        throw new Problem(
                405,
                "wrong-method",
                "Not this way",
                "%s takes %s, not %s"
                        .formatted(exchange.path(), allowed, exchange.method().text()));
    }

    private static boolean matches(String template, String path) {
        return path.matches(template.replaceAll("\\{[a-z]+}", "[^/]+"));
    }
}
