package dev.touchstone.capacity.drill;

import dev.touchstone.capacity.Derivation;
import dev.touchstone.capacity.Refusal;
import dev.touchstone.capacity.drill.Template.Ask;
import dev.touchstone.simulation.RandomStreams;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;

/// Makes drills from seeds.
public final class Drills {
    /// Enough that sensible numbers always turn up; the tests try thousands of seeds.
    private static final int MAX_DRAWS = 1_000;

    private static final List<Template> TEMPLATES = Templates.ALL;

    private Drills() {}

    /// `D1` to `D8`.
    public static List<String> ids() {
        return TEMPLATES.stream().map(Template::id).toList();
    }

    /// What a kind of drill is about.
    ///
    /// @throws IllegalArgumentException when there is no such kind
    public static String title(String id) {
        return template(id).title();
    }

    /// The drill of a kind for a seed; seed 0 is the classic.
    ///
    /// @param id `D1` to `D8`, in any case
    /// @throws IllegalArgumentException when there is no such kind
    public static Drill drill(String id, long seed) {
        Template template = template(id);
        if (seed == 0) {
            return drill(template, seed, template.asks().getFirst(), classic(template));
        }
        RandomGenerator random = new RandomStreams(seed).stream("drill " + template.id());
        Ask ask = draw(template.asks(), random);
        for (int i = 0; i < MAX_DRAWS; i++) {
            var given = new HashMap<String, String>();
            // In the plan's order, which is the same on every machine.
            for (String name : template.plan().names()) {
                List<String> choices = template.choices().get(name);
                if (choices != null) {
                    given.put(name, draw(choices, random));
                }
            }
            if (template.plan().read(given) instanceof Derivation derivation
                    && derivation.evaluate(template.fits()).base() != 0) {
                return new Drill(template, seed, ask, derivation);
            }
        }
        throw new IllegalStateException(
                "no sensible numbers for %s in %d draws from seed %d"
                        .formatted(template.id(), MAX_DRAWS, seed));
    }

    /// A drill of any kind; the seed decides which.
    public static Drill drill(long seed) {
        return drill(draw(ids(), new RandomStreams(seed).stream("drill")), seed);
    }

    private static Map<String, String> classic(Template template) {
        var given = new HashMap<String, String>();
        template.choices().forEach((name, choices) -> given.put(name, choices.getFirst()));
        return given;
    }

    private static Drill drill(Template template, long seed, Ask ask, Map<String, String> given) {
        return switch (template.plan().read(given)) {
            case Derivation derivation -> new Drill(template, seed, ask, derivation);
            case Refusal(_, String reason) ->
                    throw new IllegalStateException(template.id() + ": " + reason);
        };
    }

    private static Template template(String id) {
        return TEMPLATES.stream()
                .filter(template -> template.id().equals(id.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "there is no drill '%s'; there are %s"
                                        .formatted(id, String.join(", ", ids()))));
    }

    private static <T> T draw(List<T> choices, RandomGenerator random) {
        return choices.get(random.nextInt(choices.size()));
    }
}
