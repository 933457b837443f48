package dev.touchstone.features.demo;

import dev.touchstone.features.EntityKey;
import dev.touchstone.features.FeatureRow;
import dev.touchstone.features.Times;
import dev.touchstone.features.Value;
import dev.touchstone.simulation.RandomStreams;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// Card payments of one June and what three pipelines wrote about accounts, merchants and devices.
///
/// All frauds are kept and a sample of the rest, as training sets of rare events are made. Fraud
/// shows weakly before a payment and strongly after it: disputed accounts are watched, retried and
/// refunded, so that by the end of the month their counts have grown.
///
/// @param payments in the order of time
/// @param histories the rows of each view
record FraudMonth(List<Payment> payments, Map<String, List<FeatureRow>> histories) {
    /// A payment that was scored, and what it turned out to be.
    record Payment(long time, String account, long merchant, String device, boolean fraud) {
        /// Whom a view is asked about.
        EntityKey key(String view) {
            return switch (view) {
                case ACCOUNT -> EntityKey.of(account);
                case MERCHANT -> EntityKey.of(merchant);
                case DEVICE -> EntityKey.of(device);
                default -> throw new IllegalArgumentException("no view " + view);
            };
        }
    }

    static final String ACCOUNT = "account";
    static final String MERCHANT = "merchant";
    static final String DEVICE = "device";

    /// When the monthly script takes its snapshot.
    static final long MONTH_END = Times.parse("2026-06-30T23:59:59Z");

    private static final long START = Times.parse("2026-06-01T00:00:00Z");
    private static final long SECOND = Times.parseSpan("1s");
    private static final long HOUR = Times.parseSpan("1h");
    private static final long DAY = Times.parseSpan("1d");

    private static final int PAYMENTS = 60_000;
    private static final int MERCHANTS = 2_000;
    private static final double FRAUD_SHARE = 0.225;
    private static final int PAYMENT_DAYS = 26;
    private static final int HISTORY_DAYS = 30;
    private static final int DAYS_BEFORE = 3;
    private static final double UNKNOWN_SHARE = 0.002;

    /// How far frauds lie above the rest before the payment, in standard deviations.
    private static final double SIGNAL = 0.757;

    private static final double WEAK_SIGNAL = 0.1;

    /// What the batch job of the payment's own day adds: card tests of the last hours.
    private static final double BURST = 0.4;

    private static final double BURST_SPREAD = 0.3;

    /// What disputes, retries and refunds add by the end of the month.
    private static final double AFTERMATH = 1.87;

    private static final double AFTERMATH_SPREAD = 0.6;

    /// How far honest accounts move in the same weeks.
    private static final double DRIFT = 1.07;

    private static final double RISKY_MERCHANT_SHARE = 0.1;

    /// Mean age of a device's row when it is read, in hours.
    private static final double DEVICE_AGE_HOURS = 7.727;

    static FraudMonth generate(RandomStreams streams) {
        return new Generator(streams).month();
    }

    private static final class Generator {
        private final RandomStreams streams;
        private final boolean[] fraud;
        private final long[] times;
        private final Map<String, List<FeatureRow>> histories = new LinkedHashMap<>();

        Generator(RandomStreams streams) {
            this.streams = streams;
            this.fraud = frauds(streams.stream("fraud"));
            RandomGenerator random = streams.stream("times");
            this.times =
                    random.longs(PAYMENTS, 0, PAYMENT_DAYS * (DAY / SECOND))
                            .map(second -> START + second * SECOND)
                            .sorted()
                            .toArray();
        }

        FraudMonth month() {
            accounts();
            long[] merchants = merchants();
            devices();
            List<Payment> payments = new ArrayList<>(PAYMENTS);
            for (int i = 0; i < PAYMENTS; i++) {
                payments.add(new Payment(times[i], account(i), merchants[i], device(i), fraud[i]));
            }
            return new FraudMonth(payments, histories);
        }

        /// Exactly the share, in random order.
        private static boolean[] frauds(RandomGenerator random) {
            boolean[] fraud = new boolean[PAYMENTS];
            int left = (int) Math.round(PAYMENTS * FRAUD_SHARE);
            for (int i = 0; i < PAYMENTS; i++) {
                fraud[i] = random.nextInt(PAYMENTS - i) < left;
                left -= fraud[i] ? 1 : 0;
            }
            return fraud;
        }

        /// Normal draws, with mean 0 and spread 1 among frauds and among the rest, so that a small
        /// set shows what a large one would.
        private double[] normals(String name) {
            RandomGenerator random = streams.stream(name);
            double[] draws = new double[PAYMENTS];
            double[] sum = new double[2];
            double[] squares = new double[2];
            int[] count = new int[2];
            for (int i = 0; i < PAYMENTS; i++) {
                draws[i] = random.nextGaussian();
                int kind = fraud[i] ? 1 : 0;
                sum[kind] += draws[i];
                squares[kind] += draws[i] * draws[i];
                count[kind]++;
            }
            for (int i = 0; i < PAYMENTS; i++) {
                int kind = fraud[i] ? 1 : 0;
                double mean = sum[kind] / count[kind];
                draws[i] = (draws[i] - mean) / Math.sqrt(squares[kind] / count[kind] - mean * mean);
            }
            return draws;
        }

        /// A nightly job that writes the day's counts 18 to 36 hours after the day began.
        private void accounts() {
            double[] base = normals("account");
            double[] burst = normals("burst");
            double[] later = normals("aftermath");
            double[] countries = normals("countries");
            RandomGenerator unknown = streams.stream("unknown accounts");
            RandomGenerator late = streams.stream("account lateness");
            List<FeatureRow> rows = new ArrayList<>();
            for (int i = 0; i < PAYMENTS; i++) {
                if (unknown.nextDouble() < UNKNOWN_SHARE) {
                    continue;
                }
                double before = base[i] + (fraud[i] ? SIGNAL : 0);
                double today = before + BURST_SPREAD * burst[i] + (fraud[i] ? BURST : 0);
                double after =
                        before
                                + (fraud[i]
                                        ? AFTERMATH + AFTERMATH_SPREAD * later[i]
                                        : DRIFT * later[i]);
                Value visited = count(2, 0.5, countries[i] + (fraud[i] ? WEAK_SIGNAL : 0));
                EntityKey key = EntityKey.of(account(i));
                long midnight = times[i] - Math.floorMod(times[i], DAY);
                rows.add(batch(key, midnight - 2 * DAY, late, List.of(activity(before), visited)));
                rows.add(batch(key, midnight, late, List.of(activity(today), visited)));
                rows.add(
                        batch(
                                key,
                                MONTH_END - MONTH_END % DAY - DAY,
                                late,
                                List.of(activity(after), visited)));
            }
            histories.put(ACCOUNT, rows);
        }

        /// The same job for merchants, every day.
        private long[] merchants() {
            RandomGenerator random = streams.stream("merchants");
            RandomGenerator late = streams.stream("merchant lateness");
            double[] risk = new double[MERCHANTS];
            for (int m = 0; m < MERCHANTS; m++) {
                risk[m] = random.nextGaussian();
            }
            List<FeatureRow> rows = new ArrayList<>();
            for (int day = -DAYS_BEFORE; day < HISTORY_DAYS; day++) {
                for (int m = 0; m < MERCHANTS; m++) {
                    Value chargebacks = count(2, 0.6, risk[m] + 0.1 * random.nextGaussian());
                    rows.add(batch(EntityKey.of(m), START + day * DAY, late, List.of(chargebacks)));
                }
            }
            histories.put(MERCHANT, rows);
            long[] chosen = new long[PAYMENTS];
            for (int i = 0; i < PAYMENTS; i++) {
                int one = random.nextInt(MERCHANTS);
                int other = random.nextInt(MERCHANTS);
                boolean prefers = random.nextDouble() < RISKY_MERCHANT_SHARE;
                chosen[i] = fraud[i] && prefers && risk[other] > risk[one] ? other : one;
                if (random.nextDouble() < UNKNOWN_SHARE) {
                    chosen[i] += MERCHANTS;
                }
            }
            return chosen;
        }

        /// A stream that writes within a second.
        private void devices() {
            double[] base = normals("device");
            double[] other = normals("device later");
            RandomGenerator random = streams.stream("device times");
            List<FeatureRow> rows = new ArrayList<>();
            for (int i = 0; i < PAYMENTS; i++) {
                if (random.nextDouble() < UNKNOWN_SHARE) {
                    continue;
                }
                double before = base[i] + (fraud[i] ? WEAK_SIGNAL : 0);
                double hours = -DEVICE_AGE_HOURS * StrictMath.log1p(-random.nextDouble());
                long age = Math.max(2 * SECOND, Math.round(hours * 3600) * SECOND);
                EntityKey key = EntityKey.of(device(i));
                rows.add(stream(key, times[i] - age, before));
                long end = MONTH_END - random.nextInt(48) * HOUR - SECOND;
                rows.add(stream(key, end, 0.5 * before + 0.87 * other[i]));
            }
            histories.put(DEVICE, rows);
        }

        private static FeatureRow batch(
                EntityKey key, long event, RandomGenerator late, List<Value> values) {
            long lateness = 18 * HOUR + late.nextInt(18 * 3600) * SECOND;
            return new FeatureRow(key, event, event + lateness, 0, values);
        }

        private static FeatureRow stream(EntityKey key, long event, double level) {
            return new FeatureRow(key, event, event + SECOND, 0, List.of(count(1.5, 0.7, level)));
        }

        private static Value activity(double level) {
            return count(3, 0.6, level);
        }

        /// A count as counts are: skewed, never negative.
        private static Value count(double middle, double spread, double level) {
            return Value.of(Math.round(StrictMath.exp(middle + spread * level)));
        }

        private static String account(int payment) {
            return "a-" + payment;
        }

        private static String device(int payment) {
            return "d-" + payment;
        }
    }
}
