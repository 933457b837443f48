package dev.touchstone.llm.fleet.simulation;

import java.util.Locale;

/// What users are promised.
///
/// @param ttftP95Seconds 95 % of the first tokens come sooner
/// @param tpotP95Seconds 95 % of the requests have a shorter mean gap between their tokens
public record Slo(double ttftP95Seconds, double tpotP95Seconds) {
    /// First token within 800 ms, the others 60 ms apart.
    public static final Slo COURSE = new Slo(0.8, 0.06);

    public Slo {
        if (!(ttftP95Seconds > 0 && tpotP95Seconds > 0)) {
            throw new IllegalArgumentException(
                    "times must be above 0, got %s and %s"
                            .formatted(ttftP95Seconds, tpotP95Seconds));
        }
    }

    /// Reads `ttft-p95<800ms,tpot-p95<60ms`; a part that is left out promises nothing.
    ///
    /// @throws IllegalArgumentException naming the part that is not understood
    public static Slo parse(String text) {
        double ttft = Double.POSITIVE_INFINITY;
        double tpot = Double.POSITIVE_INFINITY;
        for (String part : text.toLowerCase(Locale.ROOT).split(",")) {
            String[] sides = part.strip().split("<=?");
            if (sides.length != 2) {
                throw misunderstood(part);
            }
            double seconds = seconds(sides[1].strip(), part);
            switch (sides[0].strip()) {
                case "ttft-p95" -> ttft = seconds;
                case "tpot-p95" -> tpot = seconds;
                default -> throw misunderstood(part);
            }
        }
        return new Slo(ttft, tpot);
    }

    private static double seconds(String value, String part) {
        double factor = value.endsWith("ms") ? 1e-3 : 1;
        String number = value.replaceFirst("m?s$", "").strip();
        try {
            double seconds = Double.parseDouble(number) * factor;
            if (value.endsWith("s") && seconds > 0 && Double.isFinite(seconds)) {
                return seconds;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(misunderstood(part).getMessage(), e);
        }
        throw misunderstood(part);
    }

    private static IllegalArgumentException misunderstood(String part) {
        return new IllegalArgumentException(
                "cannot read '%s'; write for example ttft-p95<800ms,tpot-p95<60ms"
                        .formatted(part.strip()));
    }

    /// Whether one request got what is promised to 95 % of them.
    boolean isKept(double ttftSeconds, double tpotSeconds) {
        return ttftSeconds < ttftP95Seconds && tpotSeconds < tpotP95Seconds;
    }

    /// Whether a simulation kept the promise, to everyone who came.
    public boolean isMetBy(FleetReport report) {
        return report.complete()
                && report.outcomes().finished() == report.outcomes().requests()
                && report.ttft().p95Seconds() < ttftP95Seconds
                && report.tpot().p95Seconds() < tpotP95Seconds;
    }
}
