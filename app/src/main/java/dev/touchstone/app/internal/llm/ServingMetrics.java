package dev.touchstone.app.internal.llm;

import dev.touchstone.app.internal.llm.LiveEngine.Load;
import dev.touchstone.llm.Sequence;
import dev.touchstone.llm.Step;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// What an engine counts, under the names that vLLM gave it, so that dashboards, routers and
/// autoscalers made for vLLM read it as they are.
///
/// The engine's thread counts, any thread reads.
final class ServingMetrics {
    /// How a request ended.
    enum Ending {
        STOP,
        LENGTH,
        ABORT,
        ERROR
    }

    private final LongAdder promptTokens = new LongAdder();
    private final LongAdder generationTokens = new LongAdder();
    private final LongAdder cacheQueries = new LongAdder();
    private final LongAdder cacheHits = new LongAdder();
    private final LongAdder preemptions = new LongAdder();
    private final LongAdder verifications = new LongAdder();
    private final LongAdder drafts = new LongAdder();
    private final LongAdder acceptedDrafts = new LongAdder();
    private final Map<Ending, LongAdder> endings = new EnumMap<>(Ending.class);
    private final Histogram firstToken = Histogram.seconds(Histogram.TO_FIRST_TOKEN);
    private final Histogram nextToken = Histogram.seconds(Histogram.BETWEEN_TOKENS);
    private final Histogram whole = Histogram.seconds(Histogram.OF_REQUESTS);
    private final Histogram queued = Histogram.seconds(Histogram.OF_REQUESTS);
    private final Histogram prefill = Histogram.seconds(Histogram.OF_REQUESTS);
    private final Histogram decode = Histogram.seconds(Histogram.OF_REQUESTS);
    private final Histogram inference = Histogram.seconds(Histogram.OF_REQUESTS);
    private final Histogram perToken = Histogram.seconds(Histogram.BETWEEN_TOKENS);
    private final Histogram prompts = Histogram.tokens();
    private final Histogram answers = Histogram.tokens();

    ServingMetrics() {
        for (Ending ending : Ending.values()) {
            endings.put(ending, new LongAdder());
        }
    }

    void admitted(Sequence sequence) {
        if (sequence.generated() == 0 && sequence.preemptions() == 0) {
            promptTokens.add(sequence.request().promptTokens());
            cacheQueries.add(sequence.request().promptTokens());
            cacheHits.add(sequence.cachedTokens());
        }
    }

    void preempted() {
        preemptions.increment();
    }

    /// A step was carried out.
    void stepped(Step step) {
        for (int i = 0; i < step.size(); i++) {
            if (step.drafts(i) > 0) {
                verifications.increment();
                drafts.add(step.drafts(i));
                acceptedDrafts.add(step.accepted(i));
            }
        }
    }

    void firstToken(long nanos) {
        firstToken.add(nanos);
        generationTokens.increment();
    }

    void nextToken(long nanos) {
        nextToken.add(nanos);
        generationTokens.increment();
    }

    void ended(Choice choice, Ending how, long nowNanos) {
        count(how).increment();
        if (choice.admittedNanos == 0) {
            return;
        }
        whole.add(nowNanos - choice.arrivalNanos);
        queued.add(choice.admittedNanos - choice.arrivalNanos);
        inference.add(nowNanos - choice.admittedNanos);
        prompts.add(choice.generation().promptTokens());
        answers.add(choice.tokens());
        if (choice.firstTokenNanos != 0) {
            prefill.add(choice.firstTokenNanos - choice.admittedNanos);
            decode.add(nowNanos - choice.firstTokenNanos);
            if (choice.tokens() > 1) {
                perToken.add((nowNanos - choice.firstTokenNanos) / (choice.tokens() - 1));
            }
        }
    }

    private LongAdder count(Ending ending) {
        return endings.computeIfAbsent(ending, _ -> new LongAdder());
    }

    /// Everything in Prometheus' text format.
    ///
    /// @param model the name that the model is called by
    String text(String model, int blockTokens, Load load) {
        var to = new StringBuilder(8 * 1024);
        String labels = "model_name=\"" + escape(model) + "\",engine=\"0\"";
        gauge(to, "vllm:num_requests_running", labels, load.running());
        gauge(to, "vllm:num_requests_waiting", labels, load.waiting());
        gauge(to, "vllm:kv_cache_usage_perc", labels, (double) load.usedBlocks() / load.blocks());
        counter(to, "vllm:prefix_cache_queries_total", labels, cacheQueries);
        counter(to, "vllm:prefix_cache_hits_total", labels, cacheHits);
        counter(to, "vllm:num_preemptions_total", labels, preemptions);
        counter(to, "vllm:prompt_tokens_total", labels, promptTokens);
        counter(to, "vllm:generation_tokens_total", labels, generationTokens);
        counter(to, "vllm:spec_decode_num_drafts_total", labels, verifications);
        counter(to, "vllm:spec_decode_num_draft_tokens_total", labels, drafts);
        counter(to, "vllm:spec_decode_num_accepted_tokens_total", labels, acceptedDrafts);
        to.append("# TYPE vllm:request_success_total counter\n");
        for (Ending ending : Ending.values()) {
            String reason = ending.name().toLowerCase(Locale.ROOT);
            line(
                    to,
                    "vllm:request_success_total",
                    labels + ",finished_reason=\"" + reason + "\"",
                    count(ending).sum());
        }
        firstToken.write(to, "vllm:time_to_first_token_seconds", labels);
        nextToken.write(to, "vllm:inter_token_latency_seconds", labels);
        whole.write(to, "vllm:e2e_request_latency_seconds", labels);
        queued.write(to, "vllm:request_queue_time_seconds", labels);
        prefill.write(to, "vllm:request_prefill_time_seconds", labels);
        decode.write(to, "vllm:request_decode_time_seconds", labels);
        inference.write(to, "vllm:request_inference_time_seconds", labels);
        perToken.write(to, "vllm:request_time_per_output_token_seconds", labels);
        prompts.write(to, "vllm:request_prompt_tokens", labels);
        answers.write(to, "vllm:request_generation_tokens", labels);
        gauge(
                to,
                "vllm:cache_config_info",
                labels
                        + ",block_size=\"%d\",num_gpu_blocks=\"%d\",enable_prefix_caching=\"True\""
                                .formatted(blockTokens, load.blocks()),
                1);
        return to.toString();
    }

    private static void gauge(StringBuilder to, String name, String labels, double value) {
        to.append("# TYPE ").append(name).append(" gauge\n");
        line(to, name, labels, value);
    }

    private static void counter(StringBuilder to, String name, String labels, LongAdder value) {
        to.append("# TYPE ").append(name).append(" counter\n");
        line(to, name, labels, value.sum());
    }

    private static void line(StringBuilder to, String name, String labels, Number value) {
        to.append(name).append('{').append(labels).append("} ").append(value).append('\n');
    }

    private static String escape(String label) {
        return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
