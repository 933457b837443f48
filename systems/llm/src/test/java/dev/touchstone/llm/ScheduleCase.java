package dev.touchstone.llm;

import dev.touchstone.llm.Request.Terms;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Runs a case about what a scheduler decides: `case: schedule`. A step takes a nanosecond.
final class ScheduleCase {
    private final TestEngine engine;
    private final PrefixHasher hasher = new PrefixHasher(16, 1, 2);

    ScheduleCase(CaseEntry settings) {
        Policy policy = new Policy();
        if (settings.has("policy")) {
            var fields = new CaseEntry("policy", settings.get("policy"));
            read(fields, policy);
            fields.close();
        }
        engine = new TestEngine(settings.number("blocks"), policy);
    }

    private static void read(CaseEntry fields, Policy policy) {
        if (fields.has("sequences")) {
            policy.sequences(fields.number("sequences"));
        }
        if (fields.has("budget")) {
            policy.budget(fields.number("budget"));
        }
        if (fields.has("chunk")) {
            policy.chunk(fields.number("chunk"));
        }
        if (fields.has("chunked") && !fields.get("chunked").asBoolean()) {
            policy.wholePrompts();
        }
        if (fields.has("prefixCache") && fields.get("prefixCache").asBoolean()) {
            policy.prefixCache();
        }
        if (fields.has("order") && fields.text("order").equals("priority")) {
            policy.byPriority();
        }
        if (fields.has("victim") && fields.text("victim").equals("least computed")) {
            policy.preemptLeastComputed();
        }
        policy.waiting(fields.number("waiting", Integer.MAX_VALUE));
        policy.waitingTokens(fields.number("waitingTokens", Integer.MAX_VALUE));
        policy.drafts(fields.number("drafts", 0));
    }

    void run(CaseEntry entry) {
        engine.diary();
        if (entry.has("submit")) {
            submit(entry);
        } else if (entry.has("step")) {
            entry.check("step", () -> engine.step(step -> say(entry, step)));
        } else if (entry.has("steps")) {
            engine.steps(entry.number("steps"));
        } else if (entry.has("plan")) {
            entry.check("plan", engine::plan);
        } else if (entry.has("complete")) {
            engine.complete();
        } else if (entry.has("preempt")) {
            engine.scheduler.preempt(engine.nowNanos, entry.number("preempt"));
        } else {
            engine.scheduler.cancel(entry.number("cancel"));
        }
        entry.check("running", engine::running);
        entry.check("waiting", engine::waiting);
        entry.check("free", engine.pool::freeBlocks);
        entry.check("events", engine::diary);
        entry.checkEach("computed", id -> sequence(id).computed());
        entry.checkEach("generated", id -> sequence(id).generated());
        entry.checkEach("cached", id -> sequence(id).cachedTokens());
        entry.close();
    }

    private void submit(CaseEntry entry) {
        engine.nowNanos = entry.number("at", (int) engine.nowNanos);
        int id = entry.number("submit");
        PrefixHashes hashes = PrefixHashes.NONE;
        if (entry.has("hashes")) {
            entry.check("hashes", () -> "answer");
            hashes = hasher.follow(id, i -> i, () -> Integer.MAX_VALUE);
        }
        Request request =
                TestEngine.request(id, entry.number("prompt"), entry.number("output"), hashes)
                        .with(terms(entry));
        Admission admission = engine.submit(request);
        String refused =
                admission instanceof Admission.Refused(Admission.Cause cause, String _)
                        ? cause.name()
                        : "no";
        if (entry.has("refused")) {
            entry.check("refused", () -> refused);
        } else if (!refused.equals("no")) {
            throw new AssertionError(admission);
        }
    }

    private static Terms terms(CaseEntry entry) {
        return Terms.USUAL
                .withPriority(entry.number("priority", 0))
                .withDeadlines(
                        entry.has("firstTokenBy") ? entry.number("firstTokenBy") : Terms.NEVER,
                        entry.has("doneBy") ? entry.number("doneBy") : Terms.NEVER)
                .withComputed(entry.number("computed elsewhere", 0));
    }

    private static void say(CaseEntry entry, Step step) {
        for (String field : Set.of("propose", "accept")) {
            for (String id : entry.keys(field)) {
                int count = entry.get(field).get(id).asInt();
                int index = index(step, id);
                if (field.equals("propose")) {
                    step.propose(index, count);
                } else {
                    step.accept(index, count);
                }
            }
        }
    }

    private static int index(Step step, String id) {
        return IntStream.range(0, step.size())
                .filter(i -> step.sequence(i).request().id() == Long.parseLong(id))
                .findFirst()
                .orElseThrow();
    }

    private Sequence sequence(String id) {
        Scheduler scheduler = engine.scheduler;
        return Stream.concat(
                        IntStream.range(0, scheduler.running()).mapToObj(scheduler::running),
                        IntStream.range(0, scheduler.waiting()).mapToObj(scheduler::waiting))
                .filter(sequence -> sequence.request().id() == Long.parseLong(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError(List.of(id, "neither runs nor waits")));
    }
}
