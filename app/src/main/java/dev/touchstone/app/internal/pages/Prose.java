package dev.touchstone.app.internal.pages;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The little Markdown that texts are written in, as HTML: paragraphs, `- ` lists, `**bold**` and
/// `` `code` ``. Everything else is text and is escaped.
public final class Prose {
    private static final Pattern PARAGRAPHS = Pattern.compile("\\n\\s*\\n");
    private static final Pattern BOLD = Pattern.compile("\\*\\*(.+?)\\*\\*");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    private Prose() {}

    /// Whole paragraphs and lists.
    public static String html(String text) {
        var html = new StringBuilder(text.length() + 64);
        for (String paragraph : PARAGRAPHS.split(text.strip())) {
            block(html, paragraph.strip().lines().map(String::strip).toList());
        }
        return html.toString();
    }

    /// A text without paragraphs of its own, such as the cell of a table.
    public static String line(String text) {
        String escaped = escape(text);
        String bold = BOLD.matcher(escaped).replaceAll("<strong>$1</strong>");
        return CODE.matcher(bold)
                .replaceAll(code -> Matcher.quoteReplacement("<code>" + code.group(1) + "</code>"));
    }

    /// Lines of one block: what comes before the first `- ` is a paragraph; a line without a `- `
    /// after that continues the item above it.
    private static void block(StringBuilder html, List<String> lines) {
        var words = new ArrayList<String>();
        var items = new ArrayList<String>();
        for (String line : lines) {
            if (line.startsWith("- ")) {
                items.add(line.substring(2));
            } else if (items.isEmpty()) {
                words.add(line);
            } else {
                items.set(items.size() - 1, items.getLast() + " " + line);
            }
        }
        if (!words.isEmpty()) {
            html.append("<p>").append(line(String.join(" ", words))).append("</p>");
        }
        if (!items.isEmpty()) {
            html.append("<ul>");
            items.forEach(item -> html.append("<li>").append(line(item)).append("</li>"));
            html.append("</ul>");
        }
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
