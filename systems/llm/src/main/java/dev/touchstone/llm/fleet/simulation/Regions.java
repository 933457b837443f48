package dev.touchstone.llm.fleet.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Users in several parts of the world, whose days begin at different times, and what it takes to
/// serve them from one place or from several.
///
/// Several places never need fewer replicas than one. Where each serves its own users, each has to
/// be as large as its own busiest hour asks for, and those hours are not the same: the sum of the
/// peaks is at least the peak of the sum. Where they help each other out they come down to that
/// peak at best, and each place still rounds up and keeps its own spare; and whoever is served
/// abroad leaves the keys and values of the conversation at home. What they buy is a shorter way.
///
/// @param places in which users live
/// @param peak how much more users of one place ask in their busiest moment than on average
/// @param requestsPerSecond of all of them together, on average over a day
/// @param perReplica requests a second that one replica serves within its promise: from a
///   simulation, such as [FleetSearch]'s
/// @param spares replicas beyond what is needed, wherever there are any: for one that fails
public record Regions(
        List<Place> places, double peak, double requestsPerSecond, double perReplica, int spares) {
    private static final int MINUTES = 1_440;

    /// Where users live.
    ///
    /// @param share of all requests that come from here
    /// @param hoursLater than the first place's its day begins
    /// @param roundTripMillis to each place, itself included, in the order of the places
    public record Place(
            String name, double share, double hoursLater, List<Double> roundTripMillis) {
        public Place {
            roundTripMillis = List.copyOf(roundTripMillis);
        }
    }

    /// Who is served where.
    public enum Routing {
        /// All in the one place that is nearest to them on average.
        ONE_PLACE,
        /// Everyone at home, in every place enough for its own busiest moment.
        HOME,
        /// Everyone at home while there is room, else in the nearest place that has some.
        OVERFLOW
    }

    /// What a routing takes.
    ///
    /// @param replicas by place
    /// @param meanRoundTrip over the requests of a day
    /// @param worstRoundTrip that any of them has
    /// @param abroadShare share of the requests served away from home; they find no conversation in
    ///   a cache there
    /// @param replicaHours a day, where replicas come and go with the load of every minute, spares
    ///   aside
    public record Sizing(
            Routing routing,
            List<Integer> replicas,
            Duration meanRoundTrip,
            Duration worstRoundTrip,
            double abroadShare,
            double replicaHours) {
        /// Replicas in all places.
        public int total() {
            return replicas.stream().mapToInt(Integer::intValue).sum();
        }

        /// What they cost a day, all of them running all the time.
        public double dollarsPerDay(double dollarsPerReplicaHour) {
            return 24 * total() * dollarsPerReplicaHour;
        }
    }

    public Regions {
        places = List.copyOf(places);
        if (places.isEmpty() || places.size() > 64) {
            throw new IllegalArgumentException(
                    "there must be from 1 to 64 places, got " + places.size());
        }
        double shares = 0;
        for (Place place : places) {
            shares += place.share;
            if (!(place.share > 0) || place.roundTripMillis.size() != places.size()) {
                throw new IllegalArgumentException(
                        "%s needs a share above 0 and %d round trips, got %s and %d"
                                .formatted(
                                        place.name,
                                        places.size(),
                                        place.share,
                                        place.roundTripMillis.size()));
            }
        }
        if (Math.abs(shares - 1) > 1e-6) {
            throw new IllegalArgumentException("shares must add up to 1, got " + shares);
        }
        if (!(peak >= 1 && peak <= DailyCurve.MAX_PEAK)) {
            throw new IllegalArgumentException(
                    "peak must be from 1 to %s, got %s".formatted(DailyCurve.MAX_PEAK, peak));
        }
        if (!(requestsPerSecond > 0 && perReplica > 0) || spares < 0) {
            throw new IllegalArgumentException(
                    ("requestsPerSecond and perReplica must be above 0 and spares at least 0, got"
                                    + " %s, %s and %d")
                            .formatted(requestsPerSecond, perReplica, spares));
        }
    }

    /// The users of one place at their busiest, to simulate it by itself.
    public SessionLoad load(int place, SessionLoad everyone) {
        int sessions = Math.max(1, (int) Math.round(places.get(place).share * everyone.sessions()));
        return new SessionLoad(
                sessions,
                everyone.requestsPerHour(),
                everyone.peak(),
                everyone.duration(),
                everyone.conversation(),
                everyone.lowPriorityShare());
    }

    /// What each routing takes, in the order of [Routing].
    public List<Sizing> compare() {
        var sizings = new ArrayList<Sizing>();
        for (Routing routing : Routing.values()) {
            sizings.add(size(routing));
        }
        return sizings;
    }

    /// What a routing takes.
    public Sizing size(Routing routing) {
        double[][] asked = asked();
        int[] replicas =
                switch (routing) {
                    case ONE_PLACE -> onePlace(asked);
                    case HOME -> home(asked);
                    case OVERFLOW -> overflow(asked);
                };
        var day = new Day(replicas);
        for (double[] minute : asked) {
            day.serve(minute);
        }
        var bought = new ArrayList<Integer>();
        for (int count : replicas) {
            bought.add(count == 0 ? 0 : count + spares);
        }
        return new Sizing(
                routing,
                bought,
                millis(day.tripMillis / day.served),
                millis(day.worstMillis),
                day.abroad / day.served,
                day.replicaMinutes / 60);
    }

    /// Requests a second by minute of the day and place.
    private double[][] asked() {
        var curve = new DailyCurve(peak);
        var asked = new double[MINUTES][places.size()];
        for (int minute = 0; minute < MINUTES; minute++) {
            for (int p = 0; p < places.size(); p++) {
                Place place = places.get(p);
                asked[minute][p] =
                        requestsPerSecond
                                * place.share
                                * curve.at(60.0 * minute - 3_600 * place.hoursLater);
            }
        }
        return asked;
    }

    private int[] onePlace(double[][] asked) {
        int best =
                IntStream.range(0, places.size())
                        .boxed()
                        .min(Comparator.comparingDouble(this::meanTripTo))
                        .orElseThrow();
        var replicas = new int[places.size()];
        replicas[best] = needed(busiest(asked));
        return replicas;
    }

    private double meanTripTo(int to) {
        double sum = 0;
        for (Place place : places) {
            sum += place.share * place.roundTripMillis.get(to);
        }
        return sum;
    }

    private int[] home(double[][] asked) {
        var replicas = new int[places.size()];
        for (double[] minute : asked) {
            for (int p = 0; p < replicas.length; p++) {
                replicas[p] = Math.max(replicas[p], needed(minute[p]));
            }
        }
        return replicas;
    }

    /// As many as the busiest moment of all together needs, divided as the users are; each place
    /// has one at least.
    private int[] overflow(double[][] asked) {
        int total = Math.max(places.size(), needed(busiest(asked)));
        var replicas = new int[places.size()];
        int left = total;
        for (int p = 0; p < replicas.length; p++) {
            replicas[p] = Math.max(1, (int) (places.get(p).share * total));
            left -= replicas[p];
        }
        for (int p = 0; left != 0; p = (p + 1) % replicas.length) {
            int change = left > 0 ? 1 : replicas[p] > 1 ? -1 : 0;
            replicas[p] += change;
            left -= change;
        }
        return replicas;
    }

    private static double busiest(double[][] asked) {
        double most = 0;
        for (double[] minute : asked) {
            double sum = 0;
            for (double each : minute) {
                sum += each;
            }
            most = Math.max(most, sum);
        }
        return most;
    }

    private int needed(double rate) {
        // Sums of the same numbers in another order may differ in their last bits.
        return (int) Math.ceil(rate / perReplica - 1e-9);
    }

    private static Duration millis(double millis) {
        return Duration.ofNanos(Math.round(millis * 1e6));
    }

    /// A day's requests, each served in the nearest place that has room.
    private final class Day {
        private final int[] replicas;
        private double served;
        private double abroad;
        private double tripMillis;
        private double worstMillis;
        private double replicaMinutes;

        Day(int[] replicas) {
            this.replicas = replicas;
        }

        void serve(double[] minute) {
            var used = new double[replicas.length];
            double[] left = minute.clone();
            // Those at home first: nobody is sent away for somebody from abroad.
            for (int hops = 0; hops < replicas.length; hops++) {
                for (int p = 0; p < left.length; p++) {
                    place(p, nearest(p, hops), left, used);
                }
            }
            for (double each : used) {
                replicaMinutes += needed(each);
            }
        }

        private void place(int from, int to, double[] left, double[] used) {
            double room = replicas[to] * perReplica - used[to];
            double taken = Math.max(0, Math.min(left[from], room));
            if (taken == 0) {
                return;
            }
            double trip = places.get(from).roundTripMillis.get(to);
            left[from] -= taken;
            used[to] += taken;
            served += taken;
            abroad += from == to ? 0 : taken;
            tripMillis += taken * trip;
            worstMillis = Math.max(worstMillis, trip);
        }

        private int nearest(int from, int hops) {
            List<Double> trips = places.get(from).roundTripMillis;
            return IntStream.range(0, replicas.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble(trips::get))
                    .skip(hops)
                    .findFirst()
                    .orElseThrow();
        }
    }
}
