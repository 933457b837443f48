package dev.touchstone.llm.text;

/// How the next token is drawn.
///
/// @param temperature 0 always takes the most likely one; 1 draws as the model says
/// @param topP draws only from the most likely tokens that together have this probability
/// @param seed of the generation's own random stream: same seed, same tokens
/// @param topLogprobs how many of the likeliest tokens are reported beside each drawn one; -1
///   reports nothing, not even the drawn one
public record Sampling(double temperature, double topP, long seed, int topLogprobs) {
    /// Always the most likely token, with nothing reported.
    public static final Sampling GREEDY = new Sampling(0, 1, 0, -1);

    public Sampling {
        if (!(temperature >= 0 && temperature <= 2)) {
            throw new IllegalArgumentException(
                    "temperature must be from 0 to 2, got " + temperature);
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException("top_p must be above 0 and at most 1, got " + topP);
        }
        if (topLogprobs < -1 || topLogprobs > 20) {
            throw new IllegalArgumentException(
                    "top_logprobs must be from 0 to 20, got " + topLogprobs);
        }
    }
}
