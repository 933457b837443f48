package dev.touchstone.llm.fleet.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.touchstone.llm.fleet.simulation.Conversation.Documents;
import dev.touchstone.llm.fleet.simulation.Conversation.Turns;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Conversations")
class ConversationTest {
    private static final int BLOCK = 512;
    private static final int USERS = 12_000;

    /// What an hour of Mooncake's conversation trace holds; the trace itself is not part of this
    /// repository.
    @Test
    void about_documents_look_like_those_of_mooncake() {
        var seen = new Seen(Conversation.MOONCAKE);

        assertThat(seen.meanPrompt()).isCloseTo(12_035, within(900.0));
        assertThat(seen.prompt(0.25)).isBetween(1_500, 3_000);
        assertThat(seen.prompt(0.5)).isBetween(5_500, 8_000);
        assertThat(seen.prompt(0.9)).isBetween(23_000, 32_000);
        // Requests that find no more than the system prompt, and tokens found in an endless cache.
        assertThat(seen.strangerShare()).isCloseTo(0.613, within(0.05));
        assertThat(seen.foundShare()).isCloseTo(0.37, within(0.05));
        // How often one beginning is asked about: by one, by two or more, by ten or more.
        assertThat(seen.beginningsWith(2)).isCloseTo(0.306, within(0.05));
        assertThat(seen.beginningsWith(10)).isCloseTo(0.0066, within(0.005));
    }

    @Test
    void have_the_mean_prompt_that_is_derived() {
        assertThat(Conversation.COURSE.meanPromptTokens()).isEqualTo(1_500);
        assertThat(Conversation.COURSE.withMeans(2_500, 300).meanPromptTokens()).isEqualTo(2_500);
        assertThat(Conversation.MOONCAKE.meanPromptTokens()).isCloseTo(12_035, within(120.0));
    }

    @Test
    void go_on_as_often_as_they_are_said_to() {
        for (Turns turns : new Turns[] {Turns.alike(2), new Turns(2, 8), new Turns(1.49, 4.6)}) {
            var random = new SplittableRandom(1);
            int conversations = 200_000;
            long requests = 0;
            for (int i = 0; i < conversations; i++) {
                int turn = 1;
                while (!turns.ends(random.nextDouble(), turn)) {
                    turn++;
                }
                requests += turn;
            }
            assertThat((double) requests / conversations).isCloseTo(turns.mean(), within(0.02));
        }
    }

    @Test
    void share_documents_only_where_their_system_prompts_are_one() {
        var everything = new Documents(4_000, 0.5, 1, 1, 0);
        var shared = new Conversation(512, 1, 100, 0, 100, 0, Turns.alike(1), everything, 65_536);
        var apart = new Conversation(512, 0, 100, 0, 100, 0, Turns.alike(1), everything, 65_536);

        assertThat(new Seen(shared).foundShare()).isGreaterThan(0.8);
        assertThat(new Seen(apart).foundShare()).isZero();
    }

    @Test
    void are_refused_when_they_could_not_end() {
        assertThatThrownBy(() -> new Turns(3, 3.5)).hasMessageContaining("never end");
        assertThatThrownBy(() -> new Documents(10, 0, 2, 1, 0))
                .hasMessageContaining("libraryShare");
    }

    /// One request of each of some users after another, until an hour's worth has come, and what an
    /// endless cache finds of each.
    private static final class Seen {
        private final Map<Long, Integer> beginnings = new HashMap<>();
        private final int[] prompts = new int[USERS];
        private long asked;
        private long found;
        private long strangers;

        Seen(Conversation conversation) {
            var load = new SessionLoad(USERS / 12, 3_600, 1, Duration.ofDays(1), conversation, 0);
            var clients = new SessionClients(load, BLOCK, 7);
            Set<Long> cache = new HashSet<>();
            for (int i = 0; i < USERS; i++) {
                int client = i % load.sessions();
                clients.draw(client, 0);
                ask(clients, client, cache, i);
                clients.nextNanos(client, 0, 0, clients.outputTokens[client]);
            }
        }

        private void ask(SessionClients clients, int client, Set<Long> cache, int request) {
            int tokens = clients.promptTokens[client];
            var prefix = clients.prefix(client);
            int blocks = tokens / BLOCK;
            int hits = 0;
            while (hits < blocks && cache.contains(prefix.block(hits))) {
                hits++;
            }
            for (int block = 0; block < blocks; block++) {
                cache.add(prefix.block(block));
            }
            if (blocks > 1) {
                beginnings.merge(prefix.block(1), 1, Integer::sum);
            }
            prompts[request] = tokens;
            asked += tokens;
            found += (long) hits * BLOCK;
            strangers += hits <= 1 ? 1 : 0;
        }

        double meanPrompt() {
            return (double) asked / USERS;
        }

        int prompt(double quantile) {
            int[] sorted = prompts.clone();
            Arrays.sort(sorted);
            return sorted[(int) (quantile * USERS)];
        }

        double foundShare() {
            return (double) found / asked;
        }

        double strangerShare() {
            return (double) strangers / USERS;
        }

        double beginningsWith(int requests) {
            long most = beginnings.values().stream().filter(count -> count >= requests).count();
            return (double) most / beginnings.size();
        }
    }
}
