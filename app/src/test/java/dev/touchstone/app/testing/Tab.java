package dev.touchstone.app.testing;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.util.ArrayList;
import java.util.List;

/// A page in a browser with a memory of its own, which is told on when it complains.
public final class Tab implements AutoCloseable {
    private final BrowserContext context;
    private final Page page;
    private final List<String> complaints = new ArrayList<>();

    public Tab(Browser browser, Browser.NewContextOptions options) {
        context = browser.newContext(options);
        page = context.newPage();
        page.onPageError(complaints::add);
        page.onConsoleMessage(message -> {
            if (message.type().equals("error")) {
                complaints.add(message.text());
            }
        });
    }

    public Page page() {
        return page;
    }

    public BrowserContext context() {
        return context;
    }

    /// What the browser has complained about so far; it is forgotten, and [#close] says no more of
    /// it.
    public List<String> takeComplaints() {
        var taken = List.copyOf(complaints);
        complaints.clear();
        return taken;
    }

    /// Whether the page has to be scrolled sideways.
    public boolean scrollsSideways() {
        return (boolean)
                page.evaluate(
                        "() => document.documentElement.scrollWidth > document.documentElement.clientWidth");
    }

    /// Takes out complaints that a test has provoked.
    public void forgive(String provoked) {
        complaints.removeIf(complaint -> complaint.contains(provoked));
    }

    /// Closes it.
    ///
    /// @throws AssertionError when the browser had something to complain about
    @Override
    public void close() {
        context.close();
        if (!complaints.isEmpty()) {
            throw new AssertionError("the browser complained: " + complaints);
        }
    }
}
