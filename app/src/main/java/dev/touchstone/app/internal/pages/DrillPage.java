package dev.touchstone.app.internal.pages;

import dev.touchstone.app.internal.edge.Entropy;
import dev.touchstone.app.internal.http.Exchange;
import dev.touchstone.app.internal.http.Numbers;
import dev.touchstone.app.internal.http.Route;
import dev.touchstone.app.internal.http.SizingEndpoints;
import dev.touchstone.app.internal.sizing.Question;
import dev.touchstone.app.internal.sizing.Verdict;
import dev.touchstone.capacity.drill.Drill;
import dev.touchstone.capacity.drill.Drills;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The drills, and the page on which one is asked and answered.
///
/// A question's page is made from a [Question], which does not hold the answer; a [Verdict] holds
/// it once it was found or given up. Nothing is kept between the two.
public final class DrillPage {
    private final String assets;
    private final Templates templates;
    private final Entropy entropy;

    public DrillPage(Kit kit, Entropy entropy) {
        this.assets = kit.assets();
        this.templates = kit.templates();
        this.entropy = entropy;
    }

    public List<Route> routes() {
        return List.of(
                Route.get("/drill", this::list),
                Route.get("/drill/{drill}", this::ask),
                Route.post("/drill/{drill}", this::answer));
    }

    /// The kinds of drill in a list.
    ///
    /// @param any where a question of any kind is asked
    public record ListView(String assets, List<Card> cards, String any) {}

    /// A kind of drill.
    ///
    /// @param example the classic question
    /// @param next where a question is asked that nobody chose
    public record Card(String id, String title, String example, String next) {}

    /// A question, and what came of the last answer.
    ///
    /// @param next where the next question of the kind is asked
    /// @param any where one of any kind is
    public record View(
            String assets,
            Question question,
            String answer,
            Optional<VerdictView> verdict,
            String next,
            String any) {}

    /// What is said about an answer.
    public record VerdictView(
            Verdict verdict, Optional<DerivationView> derivation, String next, String any) {}

    private void list(Exchange exchange) {
        List<Card> cards =
                Drills.ids().stream()
                        .map(id ->
                                new Card(
                                        id,
                                        Drills.title(id),
                                        Drills.drill(id, 0).question(),
                                        address(id, entropy.seed())))
                        .toList();
        exchange.sendHtml(200, templates.render("drills.jte", new ListView(assets, cards, any())));
    }

    private void ask(Exchange exchange) {
        Optional<Long> seed = SizingEndpoints.seed(exchange);
        Drill drill = SizingEndpoints.drill(exchange, seed.orElseGet(entropy::seed));
        if (seed.isEmpty()) {
            exchange.goTo(address(drill.id(), drill.seed()));
        } else {
            exchange.sendHtml(200, page(drill, "", Optional.empty()));
        }
    }

    private void answer(Exchange exchange) {
        Map<String, List<String>> form = exchange.form();
        Drill drill =
                SizingEndpoints.drill(exchange, Numbers.whole("seed", Forms.text(form, "seed")));
        String answer = Forms.text(form, "answer").strip();
        Verdict verdict =
                form.containsKey("give-up") ? Verdict.givenUp(drill) : Verdict.of(drill, answer);
        var view =
                new VerdictView(
                        verdict,
                        verdict.revealed()
                                .map(revealed -> DerivationView.ofDrill(revealed.derivation())),
                        next(drill),
                        any());
        exchange.sendHtml(
                200,
                exchange.fromHtmx()
                        ? templates.render("verdict.jte", view)
                        : page(drill, answer, Optional.of(view)));
    }

    private String page(Drill drill, String answer, Optional<VerdictView> verdict) {
        return templates.render(
                "drill.jte",
                new View(assets, Question.of(drill), answer, verdict, next(drill), any()));
    }

    private static String next(Drill drill) {
        return address(drill.id(), drill.seed() + 1);
    }

    private String any() {
        Drill drawn = Drills.drill(entropy.seed());
        return address(drawn.id(), drawn.seed());
    }

    private static String address(String id, long seed) {
        return "/drill/%s?seed=%d".formatted(id, seed);
    }
}
