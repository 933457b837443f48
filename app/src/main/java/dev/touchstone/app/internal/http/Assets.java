package dev.touchstone.app.internal.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Style, scripts and pictures, from the class path and under names that change with their content:
/// `/assets/3f9c…/app.css` can be kept for ever.
public final class Assets {
    private static final String WEBJARS = "META-INF/resources/webjars/";
    private static final String OURS = "/dev/touchstone/app/assets/";
    private static final String FOR_EVER = "public, max-age=31536000, immutable";

    private static final Map<String, String> LIBRARIES =
            Map.of(
                    "htmx.js", WEBJARS + "htmx.org/2.0.10/dist/htmx.min.js",
                    "uplot.js", WEBJARS + "uplot/1.6.30/dist/uPlot.iife.min.js",
                    "uplot.css", WEBJARS + "uplot/1.6.30/dist/uPlot.min.css");

    private static final List<String> OWN =
            List.of(
                    "app.css",
                    "plan.css",
                    "drill.css",
                    "chat.css",
                    "chat.js",
                    "features.css",
                    "plan.js",
                    "simulate.css",
                    "simulate.js",
                    "follow.js",
                    "theme.js",
                    "import.js",
                    "room.js",
                    "charts.js",
                    "strip.js",
                    "lanes.js",
                    "keys.js",
                    "declare.js",
                    "stream.js",
                    "format.js",
                    "report.js",
                    "practice.css",
                    "attempt.js",
                    "talk.js",
                    "card.js",
                    "icon.svg");

    /// The charts of the simulator's pages, which also stand in files of their own.
    private static final String COURSE = "/dev/touchstone/app/simulation/page.js";

    private final Map<String, byte[]> plain = new LinkedHashMap<>();
    private final Map<String, byte[]> packed = new ConcurrentHashMap<>();
    private final String version;

    /// Reads all of them: there are few, and a missing one is found at once.
    public Assets() {
        Class<?> here = Assets.class;
        OWN.forEach(name -> plain.put(name, read(OURS + name, here::getResourceAsStream)));
        plain.put("course.js", read(COURSE, here::getResourceAsStream));
        // A module sees its own resources through a class, those of others through the loader.
        ClassLoader loader = here.getClassLoader();
        LIBRARIES.forEach(
                (name, resource) -> plain.put(name, read(resource, loader::getResourceAsStream)));
        version = digest();
    }

    /// The folder under which this version's assets are found.
    public String root() {
        return "/assets/" + version;
    }

    /// Answers `/assets/{version}/{name}`.
    public void serve(Exchange exchange) {
        String name = exchange.path("name");
        byte[] bytes = plain.get(name);
        if (bytes == null) {
            throw Problem.unknown("asset", name);
        }
        boolean current = exchange.path("version").equals(version);
        exchange.header("Cache-Control", current ? FOR_EVER : "no-store");
        if (exchange.acceptsGzip()) {
            byte[] gzip = packed.computeIfAbsent(name, _ -> Exchange.gzip(bytes));
            exchange.sendCompressed(200, type(name), gzip);
        } else {
            exchange.send(200, type(name), bytes);
        }
    }

    private String digest() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            plain.values().forEach(digest::update);
            return HexFormat.of().formatHex(digest.digest(), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String type(String name) {
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "css" -> "text/css; charset=utf-8";
            case "js" -> "text/javascript; charset=utf-8";
            default -> "image/svg+xml";
        };
    }

    private static byte[] read(String resource, Function<String, @Nullable InputStream> opener) {
        try (InputStream in = opener.apply(resource)) {
            if (in == null) {
                throw new IllegalStateException(
                        "%s is not on the class path; the package is incomplete"
                                .formatted(resource));
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }
}
