package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.http.ApiEndpoints;
import dev.touchstone.app.internal.http.Dispatcher.ProblemPages;
import dev.touchstone.app.internal.http.Door;
import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Problem;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.app.internal.json.Json;
import java.util.ArrayList;
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

    public SmallPages(String assets, Templates templates, Door door) {
        this.assets = assets;
        this.templates = templates;
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
    public record ApiView(String assets, String description, List<Operation> operations) {}

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
        if (door.isToken(Forms.text(exchange.form(), "token"))) {
            exchange.header("Set-Cookie", door.cookie());
            exchange.goTo("/");
        } else {
            exchange.sendHtml(401, templates.render("login.jte", new LoginView(assets, true)));
        }
    }

    private void api(Exchange exchange) {
        exchange.sendHtml(200, templates.render("api.jte", describe()));
    }

    private ApiView describe() {
        OpenApi api = Json.readLeniently(ApiEndpoints.openApi(), OpenApi.class);
        var operations = new ArrayList<Operation>();
        api.paths().forEach((path, item) -> operations.addAll(item.operations(path)));
        return new ApiView(assets, api.info().description(), operations);
    }

    /// What this page needs of an OpenAPI document.
    record OpenApi(Info info, LinkedHashMap<String, PathItem> paths) {}

    record Info(String description) {}

    /// The methods that we use; either may be missing.
    record PathItem(Optional<Described> get, Optional<Described> post) {
        List<Operation> operations(String path) {
            return Stream.of(
                            get.map(operation -> operation.at("GET", path)),
                            post.map(operation -> operation.at("POST", path)))
                    .flatMap(Optional::stream)
                    .toList();
        }
    }

    record Described(String summary, LinkedHashMap<String, Object> responses) {
        Operation at(String method, String path) {
            return new Operation(method, path, summary, List.copyOf(responses.keySet()));
        }
    }
}
