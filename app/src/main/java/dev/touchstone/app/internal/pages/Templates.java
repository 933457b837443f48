package dev.touchstone.app.internal.pages;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;

/// The templates, compiled at build time.
public final class Templates {
    private static final String GENERATED = "gg.jte.generated.precompiled";

    private final TemplateEngine engine =
            TemplateEngine.createPrecompiled(
                    null, ContentType.Html, Templates.class.getClassLoader(), GENERATED);

    /// Fills in a template.
    ///
    /// @param name its file, such as `front.jte`
    /// @param page its one parameter
    String render(String name, Object page) {
        var output = new StringOutput(16 * 1024);
        engine.render(name, page, output);
        return output.toString();
    }
}
