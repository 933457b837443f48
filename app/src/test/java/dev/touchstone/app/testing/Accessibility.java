package dev.touchstone.app.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// What keeps people from using a page: too little contrast, controls without a name, places that
/// no key reaches. [axe](https://github.com/dequelabs/axe-core) looks for it, inside the page.
public final class Accessibility {
    private static final String AXE = axe();

    private static final String SERIOUS =
            """
            async () => (await axe.run()).violations
                .filter(({ impact }) => impact === "serious" || impact === "critical")
                .flatMap(({ id, help, nodes }) => nodes.map(
                    ({ target, any }) => `${id} (${help}): ${target} ${any[0]?.message ?? ""}`))\
            """;

    private Accessibility() {}

    /// Looks at what the page shows now; open dialogs, and choose tabs, before.
    ///
    /// @param state what is shown, for the message
    /// @throws AssertionError with every serious or critical violation and where it is
    public static void check(Page page, String state) {
        // The protocol's evaluation is not bound by the page's own policy for scripts.
        page.evaluate(AXE);
        assertThat((List<?>) page.evaluate(SERIOUS)).as(state).isEmpty();
    }

    private static String axe() {
        try (InputStream in = ClassLoader.getSystemResourceAsStream("axe.min.js")) {
            if (in == null) {
                throw new AssertionError("axe.min.js is not on the tests' class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
