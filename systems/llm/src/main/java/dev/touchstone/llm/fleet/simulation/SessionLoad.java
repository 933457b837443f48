package dev.touchstone.llm.fleet.simulation;

import java.time.Duration;

/// Users in conversation: each waits for an answer, thinks, and asks again.
///
/// @param sessions users, each with one conversation at a time
/// @param requestsPerHour of one user, on average over a day
/// @param peak how much more often they ask in the busiest hour
/// @param duration simulated time, the day's busiest moment in its middle; from a day on, days
/// @param conversation what they ask and get
/// @param lowPriorityShare share of requests that may be shed first
public record SessionLoad(
        int sessions,
        double requestsPerHour,
        double peak,
        Duration duration,
        Conversation conversation,
        double lowPriorityShare)
        implements Load {
    /// Sessions in one simulation.
    public static final int MAX_SESSIONS = 5_000_000;

    /// 50,000 users, 4 requests an hour each, three times as many at the peak: 167 requests/s.
    public static final SessionLoad COURSE =
            new SessionLoad(50_000, 4, 3, Duration.ofHours(1), Conversation.COURSE, 0.2);

    public SessionLoad {
        if (sessions < 1 || sessions > MAX_SESSIONS) {
            throw new IllegalArgumentException(
                    "sessions must be from 1 to %d, got %d".formatted(MAX_SESSIONS, sessions));
        }
        if (!(requestsPerHour > 0) || requestsPerHour > 3_600) {
            throw new IllegalArgumentException(
                    "requestsPerHour must be above 0 and at most 3600, got " + requestsPerHour);
        }
        if (!(peak >= 1 && peak <= DailyCurve.MAX_PEAK)) {
            throw new IllegalArgumentException(
                    "peak must be from 1 (every hour alike) to %s, got %s"
                            .formatted(DailyCurve.MAX_PEAK, peak));
        }
        if (!duration.isPositive() || duration.toDays() > 31) {
            throw new IllegalArgumentException(
                    "duration must be above zero and at most 31 days, got " + duration);
        }
        if (!(lowPriorityShare >= 0 && lowPriorityShare <= 1)) {
            throw new IllegalArgumentException(
                    "lowPriorityShare must be from 0 to 1, got " + lowPriorityShare);
        }
    }

    @Override
    public Duration span() {
        return duration;
    }

    /// Requests a second in the busiest moment.
    public double peakRequestsPerSecond() {
        return sessions * requestsPerHour * peak / 3_600;
    }

    public SessionLoad with(Duration other) {
        return new SessionLoad(
                sessions, requestsPerHour, peak, other, conversation, lowPriorityShare);
    }

    public SessionLoad with(Conversation other) {
        return new SessionLoad(sessions, requestsPerHour, peak, duration, other, lowPriorityShare);
    }

    /// The same users, all asking so many times as often.
    public SessionLoad times(double factor) {
        return new SessionLoad(
                sessions, requestsPerHour * factor, peak, duration, conversation, lowPriorityShare);
    }
}
