package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Problem;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.app.internal.http.SizingEndpoints;
import dev.touchstone.app.internal.json.Json;
import dev.touchstone.app.internal.pages.PlanView.Derived;
import dev.touchstone.app.internal.pages.PlanView.Field;
import dev.touchstone.capacity.Derivation;
import dev.touchstone.capacity.Input;
import dev.touchstone.capacity.Plan;
import dev.touchstone.capacity.Plans;
import dev.touchstone.capacity.Refusal;
import dev.touchstone.capacity.Sizing;
import java.math.BigDecimal;
import java.math.MathContext;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The plans, and the page of one, on which inputs are moved and everything else follows.
///
/// The address holds all that was given. The page's script asks for the same address, with one
/// slider moved or one field changed, and puts what comes back in place; every number on the page,
/// those of the chart included, was derived here.
public final class PlanPage {
    private static final String CHART_OF = "chart-of";
    private static final String CHART_OVER = "chart-over";

    /// The slider that moved and where it stands, in thousandths: `prompt:640`.
    private static final String SLIDE = "slide";

    private static final MathContext THREE_DIGITS = new MathContext(3);

    private final String assets;
    private final Templates templates;

    public PlanPage(Kit kit) {
        this.assets = kit.assets();
        this.templates = kit.templates();
    }

    public List<Route> routes() {
        return List.of(Route.get("/plan", this::list), Route.get("/plan/{plan}", this::show));
    }

    /// The plans in a list.
    public record ListView(String assets, List<Card> cards) {}

    /// A plan in a list.
    public record Card(Plan plan, List<PlanView.Result> results) {}

    /// What the script needs to know of the page.
    ///
    /// @param given what was given, by name, as it goes into the address
    /// @param address where this is found again
    /// @param command that derives the same in a terminal
    record Data(
            Map<String, String> given,
            List<Field> fields,
            String refusal,
            String address,
            String command,
            Plan.Curve curve,
            Optional<PlanChart> chart) {}

    private void list(Exchange exchange) {
        List<Card> cards = Plans.ALL.stream().map(PlanPage::card).toList();
        exchange.sendHtml(200, templates.render("plans.jte", new ListView(assets, cards)));
    }

    private static Card card(Plan plan) {
        Derivation derivation = plan.derive();
        return new Card(
                plan,
                plan.headline().stream()
                        .limit(2)
                        .map(id ->
                                new PlanView.Result(
                                        id, plan.label(id), derivation.text(id), "", ""))
                        .toList());
    }

    private void show(Exchange exchange) {
        Plan plan = SizingEndpoints.plan(exchange);
        Map<String, String> query = exchange.query();
        Plan.Curve curve = curve(plan, query);
        Map<String, String> given = given(plan, query);
        PlanView view = view(plan, given, curve);
        if (exchange.fromHtmx()) {
            // A refusal is what the script asked to hear about, not a request gone wrong.
            exchange.sendHtml(200, templates.render("outcome.jte", view));
        } else {
            exchange.sendHtml(
                    view.derived().isPresent() ? 200 : 422, templates.render("plan.jte", view));
        }
    }

    private PlanView view(Plan plan, Map<String, String> given, Plan.Curve curve) {
        Sizing sizing = plan.read(given);
        List<Field> fields = PlanView.fields(plan, given, sizing);
        boolean atField = fields.stream().anyMatch(field -> !field.refusal().isEmpty());
        String refusal = sizing instanceof Refusal(_, String reason) && !atField ? reason : "";
        Optional<Derived> derived = Optional.empty();
        Optional<PlanChart> chart = Optional.empty();
        if (sizing instanceof Derivation derivation) {
            derived = Optional.of(PlanView.derived(derivation, curve));
            chart = Optional.of(PlanChart.of(derivation, curve));
        }
        var data =
                new Data(
                        given,
                        fields,
                        refusal,
                        address(plan, given, curve),
                        command(plan, given),
                        curve,
                        chart);
        return new PlanView(assets, plan, fields, refusal, derived, Json.inScript(data));
    }

    /// What differs from what the plan assumes. A browser without scripts sends all fields.
    private static Map<String, String> given(Plan plan, Map<String, String> query) {
        var given = new LinkedHashMap<String, String>(query);
        String slide = given.remove(SLIDE);
        given.remove(CHART_OF);
        given.remove(CHART_OVER);
        if (slide != null) {
            slide(plan, slide, given);
        }
        given.values().removeIf(String::isBlank);
        for (Input input : plan.inputs()) {
            given.remove(input.id(), input.text(input.value()));
        }
        return given;
    }

    private static void slide(Plan plan, String slide, Map<String, String> given) {
        int colon = slide.indexOf(':');
        try {
            Input input = plan.input(slide.substring(0, Math.max(colon, 0)));
            double position = Integer.parseInt(slide.substring(colon + 1)) / 1000.0;
            double value = input.slider().at(Math.clamp(position, 0, 1));
            double round =
                    input.whole()
                            ? Math.rint(value)
                            : new BigDecimal(value).round(THREE_DIGITS).doubleValue();
            double allowed = Math.clamp(round, input.min(), input.max());
            given.put(input.id(), input.text(allowed));
        } catch (IllegalArgumentException e) {
            throw Problem.badField(SLIDE, "'%s': %s".formatted(slide, e.getMessage()));
        }
    }

    private static Plan.Curve curve(Plan plan, Map<String, String> query) {
        Plan.Curve usual = plan.curve().orElseThrow();
        String input = query.getOrDefault(CHART_OVER, usual.input());
        String step = query.getOrDefault(CHART_OF, usual.step());
        try {
            plan.input(input);
        } catch (IllegalArgumentException e) {
            throw Problem.badField(CHART_OVER, String.valueOf(e.getMessage()));
        }
        if (plan.inputs().stream().anyMatch(one -> one.id().equals(step))) {
            throw Problem.badField(CHART_OF, step + " is an input; a chart shows a step");
        }
        try {
            plan.unit(step);
        } catch (IllegalArgumentException e) {
            throw Problem.badField(CHART_OF, String.valueOf(e.getMessage()));
        }
        return new Plan.Curve(input, step);
    }

    /// Where the plan of an LLM fleet is derived from these inputs.
    static String llm(Map<String, String> given) {
        Plan plan = Plans.named("llm");
        return address(plan, given, plan.curve().orElseThrow());
    }

    private static String address(Plan plan, Map<String, String> given, Plan.Curve curve) {
        var query = new LinkedHashMap<>(given);
        Plan.Curve usual = plan.curve().orElseThrow();
        if (!curve.step().equals(usual.step())) {
            query.put(CHART_OF, curve.step());
        }
        if (!curve.input().equals(usual.input())) {
            query.put(CHART_OVER, curve.input());
        }
        String parameters =
                query.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + encoded(entry.getValue()))
                        .collect(Collectors.joining("&"));
        return "/plan/" + plan.id() + (parameters.isEmpty() ? "" : "?" + parameters);
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8)
                .replace("%2F", "/")
                .replace("%2C", ",");
    }

    private static String command(Plan plan, Map<String, String> given) {
        var command = new StringBuilder("touchstone plan " + plan.id());
        given.forEach((name, value) ->
                command.append(" --")
                        .append(name.replace('_', '-'))
                        .append(' ')
                        .append(quoted(value)));
        return command.toString();
    }

    /// For a shell.
    private static String quoted(String value) {
        return value.matches("[\\w./,:%+-]+") ? value : "'" + value.replace("'", "'\\''") + "'";
    }
}
