package dev.touchstone.arena.internal.practice.content;

import dev.touchstone.arena.ContentException;
import dev.touchstone.arena.internal.content.Field;
import dev.touchstone.arena.practice.Figure;
import dev.touchstone.capacity.Quantity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The numbers of a file: each computed, compared with what is shown, and put in the place of its
/// `{name}` in the texts.
final class Figures {
    static final Pattern PLACE = Pattern.compile("\\{([a-z0-9][a-z0-9-]*)}");

    private static final double DEFAULT_TOLERANCE = 0.01;

    private final Map<String, Figure> figures;

    private Figures(Map<String, Figure> figures) {
        this.figures = figures;
    }

    /// Reads and computes the figures of a file.
    ///
    /// @throws ContentException when one does not come out as shown
    static Figures read(Field root) {
        var figures = new LinkedHashMap<String, Figure>();
        root.map("figures", field -> field)
                .forEach((name, field) -> figures.put(name, figure(name, field)));
        return new Figures(figures);
    }

    /// Computes one figure.
    ///
    /// @throws ContentException when it does not come out as shown
    static Figure figure(String name, Field field) {
        String shows = field.text("shows");
        if (field.maybe("formula").isEmpty()) {
            String source =
                    field.maybe("source")
                            .map(Field::text)
                            .orElseThrow(() ->
                                    field.refuse("it has neither a formula nor a source; add one"));
            return new Figure(name, shows, source);
        }
        Calculation calculation = Calculation.read(field);
        Quantity value = calculation.value();
        Quantity shown = shown(field);
        if (!shown.dimension().agreesWith(value.dimension())) {
            throw field.at("shows")
                    .refuse(
                            "'%s' measures %s, but the formula gives %s"
                                    .formatted(shows, shown.dimension(), value.dimension()));
        }
        double tolerance = Calculation.tolerance(field, DEFAULT_TOLERANCE);
        if (!(Math.abs(shown.base() - value.base()) <= tolerance * Math.abs(value.base()))) {
            throw field.at("shows")
                    .refuse(
                            "'%s' is shown, but the formula gives %s times that; correct one of them, or say within"
                                    .formatted(shows, value.base() / shown.base()));
        }
        return new Figure(name, shows, calculation.text());
    }

    private static Quantity shown(Field field) {
        try {
            return Quantity.parse(field.text("shows"));
        } catch (IllegalArgumentException e) {
            throw field.at("shows").refuse(String.valueOf(e.getMessage()));
        }
    }

    /// All of them, in the order of the file.
    List<Figure> all() {
        return List.copyOf(figures.values());
    }

    /// The figure that a field names.
    Figure named(Field field) {
        Figure figure = figures.get(field.text());
        if (figure == null) {
            throw field.unknown("figure", field.text(), figures.keySet());
        }
        return figure;
    }

    /// A text with its figures filled in.
    String fill(Field field) {
        Matcher place = PLACE.matcher(field.text());
        return place.replaceAll(
                        found -> {
                            Figure figure = figures.get(found.group(1));
                            if (figure == null) {
                                throw field.unknown("figure", found.group(1), figures.keySet());
                            }
                            return Matcher.quoteReplacement(figure.shows());
                        })
                .strip();
    }

    /// The same for a field of an object.
    String fill(Field field, String name) {
        return fill(field.at(name));
    }

    /// The same for a list of texts; none where it is left out.
    List<String> fillAll(Field field, String name) {
        return field.list(name, this::fill);
    }

    /// The figures that a text uses.
    List<Figure> in(Field field) {
        var used = new ArrayList<Figure>();
        Matcher place = PLACE.matcher(field.text());
        while (place.find()) {
            Figure figure = figures.get(place.group(1));
            if (figure != null && !used.contains(figure)) {
                used.add(figure);
            }
        }
        return used;
    }
}
