package dev.touchstone.arena.internal.rules;

import static dev.touchstone.arena.internal.Moments.at;
import static dev.touchstone.arena.internal.Moments.length;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Judges rules over what a player did.
///
/// @param structural the levers that treat the cause, for [FatalCondition.Only]
/// @param facts how figures are named and written
public record Judge(Story story, List<ActionRef> structural, List<FactLine> facts) {
    public Judge {
        structural = List.copyOf(structural);
        facts = List.copyOf(facts);
    }

    /// Whether an order constraint was kept.
    public Ruling judge(OrderRule rule) {
        return switch (rule) {
            case OrderRule.First(List<ActionRef> refs, Duration limit) -> first(refs, limit);
            case OrderRule.Confirm(List<String> looks, Duration within, List<ActionRef> of) ->
                    confirm(looks, within, of);
            case OrderRule.By(List<ActionRef> refs, Duration limit) -> by(refs, limit);
            case OrderRule.Before before -> before(before);
            case OrderRule.Evidenced(List<String> signals, List<ActionRef> levers) ->
                    evidenced(signals, levers);
        };
    }

    /// The deed that made a response fatal, where one did.
    public Optional<Deed> fatal(FatalCondition condition) {
        List<Deed> pulls = story.of(condition.levers()).toList();
        return switch (condition) {
            case FatalCondition.Pulled(List<ActionRef> _, int times) ->
                    pulls.size() < times ? Optional.empty() : Optional.of(pulls.get(times - 1));
            case FatalCondition.Only _ ->
                    story.of(structural).findAny().isPresent()
                            ? Optional.empty()
                            : pulls.stream().findFirst();
        };
    }

    private Ruling first(List<ActionRef> refs, Duration limit) {
        Optional<Deed> first =
                story.finished()
                        .filter(deed -> refs.stream().anyMatch(ref -> Story.sameSort(deed, ref)))
                        .findFirst();
        if (first.isEmpty()) {
            return Ruling.lost("nothing of the kind was done");
        }
        Deed deed = first.get();
        String what = "%s came first, %s".formatted(said(deed), at(deed.begun()));
        if (story.of(refs).findFirst().filter(deed::equals).isEmpty()) {
            return Ruling.lost(what, deed.begun());
        }
        return deed.begun().compareTo(limit) <= 0
                ? Ruling.earned(what, deed.begun())
                : Ruling.lost("%s, later than %s".formatted(what, length(limit)), deed.begun());
    }

    private Ruling confirm(List<String> looks, Duration within, List<ActionRef> of) {
        List<Deed> changes = story.of(of).toList();
        if (changes.isEmpty()) {
            return Ruling.lost("%s was not pulled".formatted(story.describe(of)));
        }
        for (Deed change : changes) {
            Optional<Deed> look = lookAfter(change, looks, within);
            if (look.isPresent()) {
                Duration begun = look.get().begun();
                return Ruling.earned(
                        "%s took effect %s and %s followed %s"
                                .formatted(
                                        said(change),
                                        at(change.done()),
                                        said(look.get()),
                                        at(begun)),
                        begun);
            }
        }
        Deed change = changes.getFirst();
        return Ruling.lost(
                "%s took effect %s and none of %s was cited or probed within %s"
                        .formatted(
                                said(change),
                                at(change.done()),
                                story.signals(looks),
                                length(within)),
                change.done());
    }

    private Optional<Deed> lookAfter(Deed change, List<String> looks, Duration within) {
        Duration end = change.done().plus(within);
        return story.looksAt(looks)
                .filter(look -> look.number() > change.number())
                .filter(look -> look.begun().compareTo(end) <= 0)
                .findFirst();
    }

    private Ruling by(List<ActionRef> refs, Duration limit) {
        Optional<Deed> done = story.of(refs).findFirst();
        if (done.isEmpty()) {
            return Ruling.lost("%s: not done".formatted(story.describe(refs)));
        }
        Duration begun = done.get().begun();
        String what = "%s %s".formatted(said(done.get()), at(begun));
        return begun.compareTo(limit) <= 0
                ? Ruling.earned(what, begun)
                : Ruling.lost("%s, later than %s".formatted(what, length(limit)), begun);
    }

    private Ruling before(OrderRule.Before rule) {
        Optional<Deed> earlier = story.of(rule.earlier()).findFirst();
        Optional<Deed> later = story.of(rule.later()).findFirst();
        if (later.isPresent() && excused(rule, later.get())) {
            Deed deed = later.get();
            return Ruling.earned(
                    "%s %s, with %s".formatted(said(deed), at(deed.begun()), excuse(rule, deed)),
                    deed.begun());
        }
        if (earlier.isEmpty()) {
            return later.map(deed ->
                            Ruling.lost(
                                    "%s %s without %s"
                                            .formatted(
                                                    said(deed),
                                                    at(deed.begun()),
                                                    story.describe(rule.earlier())),
                                    deed.begun()))
                    .orElseGet(() ->
                            Ruling.lost("%s: not done".formatted(story.describe(rule.earlier()))));
        }
        return ordered(earlier.get(), later);
    }

    private Ruling ordered(Deed earlier, Optional<Deed> later) {
        String what = "%s %s".formatted(said(earlier), at(earlier.begun()));
        if (later.isEmpty()) {
            return Ruling.earned(what, earlier.begun());
        }
        Deed deed = later.get();
        String order = "%s %s".formatted(said(deed), at(deed.begun()));
        return earlier.number() < deed.number()
                ? Ruling.earned("%s, before %s".formatted(what, order), earlier.begun())
                : Ruling.lost("%s, only after %s".formatted(what, order), deed.begun());
    }

    private static boolean excused(OrderRule.Before rule, Deed later) {
        return rule.unless().filter(unless -> unless.holds(value(rule, later))).isPresent();
    }

    private String excuse(OrderRule.Before rule, Deed deed) {
        String figure = rule.unless().orElseThrow().figure();
        double value = value(rule, deed);
        return facts.stream()
                .filter(fact -> fact.figure().equals(figure))
                .findFirst()
                .map(fact -> "“%s” at %s".formatted(fact.label(), fact.written(value)))
                .orElseGet(() -> "%s at %.4g".formatted(figure, value));
    }

    private static double value(OrderRule.Before rule, Deed deed) {
        return deed.figuresBegun().getOrDefault(rule.unless().orElseThrow().figure(), Double.NaN);
    }

    private Ruling evidenced(List<String> signals, List<ActionRef> levers) {
        Optional<Deed> look = story.looksAt(signals).findFirst();
        if (look.isEmpty()) {
            return Ruling.lost("none of %s was cited or probed".formatted(story.signals(signals)));
        }
        int place = look.get().number();
        String seen = "%s %s".formatted(said(look.get()), at(look.get().begun()));
        return story.of(levers)
                .filter(deed -> deed.number() > place)
                .findFirst()
                .map(deed ->
                        Ruling.earned(
                                "%s, then %s %s".formatted(seen, said(deed), at(deed.begun())),
                                deed.begun()))
                .orElseGet(() ->
                        Ruling.lost(
                                "%s, but no %s after it".formatted(seen, story.describe(levers)),
                                look.get().begun()));
    }

    private String said(Deed deed) {
        return story.describe(deed.action());
    }
}
