package dev.touchstone.llm.cpu;

import dev.touchstone.llm.EngineObserver;
import dev.touchstone.llm.KvCacheLayout;
import dev.touchstone.llm.LlmEngine;
import dev.touchstone.llm.Request;
import dev.touchstone.llm.SchedulerConfig;
import dev.touchstone.llm.speculation.AcceptanceMeter;
import dev.touchstone.llm.text.Generation;
import dev.touchstone.llm.text.LanguageModel;
import dev.touchstone.llm.text.Sampling;
import java.util.HashMap;
import java.util.Map;

/// A model behind a real engine, for tests: requests in, tokens out.
final class Answers {
    private final Map<Long, Generation> generations = new HashMap<>();
    private final LlmEngine engine;
    private final AcceptanceMeter meter = new AcceptanceMeter();
    private int steps;
    private long now;

    Answers(LanguageModel model, KvCacheLayout layout, SchedulerConfig config) {
        engine =
                new LlmEngine(
                        layout,
                        config,
                        model.executor(layout, id -> generations.get(id)),
                        new EngineObserver() {});
    }

    LlmEngine engine() {
        return engine;
    }

    /// What became of drafts up to now.
    AcceptanceMeter meter() {
        return meter;
    }

    /// Steps up to now.
    int steps() {
        return steps;
    }

    void submit(Request request, int[] prompt, Sampling sampling) {
        generations.put(request.id(), new Generation(prompt, sampling));
        engine.scheduler().submit(now, request);
    }

    /// Runs one step; false when there was nothing to do.
    boolean step() {
        if (engine.begin(now) == LlmEngine.IDLE) {
            return false;
        }
        meter.count(engine.step());
        steps++;
        now += 1_000_000;
        engine.end(now);
        return true;
    }

    Generation generation(long id) {
        return java.util.Objects.requireNonNull(generations.get(id));
    }

    /// The answer of a request up to now.
    int[] tokens(long id) {
        Generation generation = generation(id);
        var answer = new int[generation.length() - generation.promptTokens()];
        for (int i = 0; i < answer.length; i++) {
            answer[i] = generation.token(generation.promptTokens() + i);
        }
        return answer;
    }
}
