package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.http.ApiEndpoints;
import dev.touchstone.app.internal.http.Dispatcher.ProblemPages;
import dev.touchstone.app.internal.http.Door;
import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Problem;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.app.internal.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Pages of a few lines: the login, the API's description, and what is shown when something is
/// wrong.
public final class SmallPages implements ProblemPages {
    private final String assets;
    private final Templates templates;
    private final Door door;

    public SmallPages(Kit kit, Door door) {
        this.assets = kit.assets();
        this.templates = kit.templates();
        this.door = door;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/api", this::api),
                Route.get("/login", this::loginForm),
                Route.post("/login", this::login));
    }

    /// What the login page shows.
    public record LoginView(String assets, boolean wrong) {}

    /// What the API page shows.
    ///
    /// @param host where this server was reached
    public record ApiView(String assets, String host, String description, List<Group> groups) {}

    /// Operations that belong together.
    public record Group(String name, String title, List<Operation> operations) {}

    /// A method on a path.
    public record Operation(String method, String path, String summary, List<String> answers) {}

    /// What the error page shows.
    public record ProblemView(String assets, Problem problem) {}

    @Override
    public String page(Problem problem) {
        return templates.render("problem.jte", new ProblemView(assets, problem));
    }

    @Override
    public String notice(Problem problem) {
        return templates.render("notice.jte", new RoomView.Notice(problem.detail(), true));
    }

    private void loginForm(Exchange exchange) {
        if (door.asksForToken()) {
            exchange.sendHtml(200, templates.render("login.jte", new LoginView(assets, false)));
        } else {
            exchange.goTo("/");
        }
    }

    private void login(Exchange exchange) {
        String token = Forms.text(exchange.form(), "token");
        if (door.isToken(token)) {
            exchange.header("Set-Cookie", door.cookie(token));
            exchange.goTo("/");
        } else {
            exchange.sendHtml(401, templates.render("login.jte", new LoginView(assets, true)));
        }
    }

    private void api(Exchange exchange) {
        exchange.sendHtml(200, templates.render("api.jte", describe(exchange)));
    }

    private ApiView describe(Exchange exchange) {
        OpenApi api = Json.readLeniently(ApiEndpoints.openApi(), OpenApi.class);
        return new ApiView(
                assets,
                exchange.header("Host").orElse("localhost:7700"),
                api.info().description(),
                api.tags().stream()
                        .map(tag ->
                                new Group(
                                        tag.name(), tag.description(), api.operations(tag.name())))
                        .toList());
    }

    /// What this page needs of an OpenAPI document.
    record OpenApi(Info info, List<Tag> tags, LinkedHashMap<String, PathItem> paths) {
        List<Operation> operations(String tag) {
            return paths.entrySet().stream()
                    .flatMap(path -> path.getValue().operations(path.getKey(), tag))
                    .toList();
        }
    }

    record Info(String description) {}

    record Tag(String name, String description) {}

    /// The methods that we use; either may be missing.
    record PathItem(Optional<Described> get, Optional<Described> post) {
        Stream<Operation> operations(String path, String tag) {
            return Stream.of(
                            get.filter(operation -> operation.tags().contains(tag))
                                    .map(operation -> operation.at("GET", path)),
                            post.filter(operation -> operation.tags().contains(tag))
                                    .map(operation -> operation.at("POST", path)))
                    .flatMap(Optional::stream);
        }
    }

    record Described(List<String> tags, String summary, LinkedHashMap<String, Object> responses) {
        Operation at(String method, String path) {
            return new Operation(method, path, summary, List.copyOf(responses.keySet()));
        }
    }
}
