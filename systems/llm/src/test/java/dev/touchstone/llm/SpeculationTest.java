package dev.touchstone.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A scheduler that lets sequences verify up to three drafts a step")
class SpeculationTest {
    private final TestEngine engine = new TestEngine(20, new Policy().drafts(3));

    @Test
    void gives_drafts_their_place_in_the_step_that_follows_the_proposal() {
        engine.submit(1, 10, 20);
        assertThat(engine.step(step -> step.propose(0, 2))).isEqualTo("1:10");

        Step step = engine.scheduler.plan(1);
        assertThat(step.drafts(0)).isEqualTo(2);
        assertThat(step.tokens(0)).isEqualTo(3);
        assertThat(step.decodes()).isEqualTo(1);
        assertThat(step.decodeTokens()).isEqualTo(3).isEqualTo(step.tokens());
        assertThat(step.contextTokens()).isEqualTo(10);
        assertThat(step.attentionPairs()).isEqualTo(11 + 12 + 13);
    }

    @Test
    void lets_a_sequence_grow_by_the_accepted_drafts_and_one() {
        proposed(3);
        engine.step(step -> step.accept(0, 2));

        assertThat(engine.sequence(1).generated()).isEqualTo(4);
        assertThat(engine.sequence(1).computed()).isEqualTo(13);
        assertThat(engine.step()).isEqualTo("1:1");
    }

    @Test
    void forgets_all_drafts_when_nobody_accepts_them() {
        proposed(3);
        assertThat(engine.step()).isEqualTo("1:4");

        assertThat(engine.sequence(1).generated()).isEqualTo(2);
        assertThat(engine.sequence(1).computed()).isEqualTo(11);
    }

    @Test
    void brings_all_tokens_of_a_step_out_at_once() {
        proposed(3);
        engine.step(step -> step.accept(0, 3));
        assertThat(engine.sequence(1).lastTokenNanos()).isEqualTo(2);
        assertThat(engine.sequence(1).generated()).isEqualTo(5);
    }

    @Test
    void takes_no_more_drafts_than_the_policy_and_the_answer_allow() {
        engine.submit(1, 10, 3);
        engine.submit(2, 10, 20);
        engine.step(step -> {
            step.propose(0, 9);
            step.propose(1, 9);
        });

        assertThat(engine.step(step -> step.accept(0, 1))).isEqualTo("1:2 2:4");
        assertThat(engine.diary()).contains("1 finished with 3");
    }

    @Test
    void verifies_nothing_when_speculation_is_off() {
        engine.scheduler.reconfigure(new Policy().config());
        proposed(3);

        assertThat(engine.step()).isEqualTo("1:1");
    }

    @Test
    void never_takes_the_budget_of_another_sequences_next_token() {
        var engine = new TestEngine(20, new Policy().budget(5).drafts(3));
        engine.submit(1, 1, 20);
        engine.submit(2, 1, 20);
        engine.submit(3, 1, 20);
        engine.step(step -> List.of(0, 1, 2).forEach(i -> step.propose(i, 3)));

        assertThat(engine.step()).isEqualTo("1:3 2:1 3:1");
    }

    @Test
    void takes_no_memory_from_anyone_for_drafts() {
        var engine = new TestEngine(2, new Policy().drafts(3));
        engine.submit(1, 15, 10);
        engine.submit(2, 10, 5);
        engine.step(step -> step.propose(0, 3));

        assertThat(engine.step()).isEqualTo("1:1 2:1");
        assertThat(engine.diary()).doesNotContain("2 preempted");
    }

    @Test
    void ends_an_answer_with_the_last_token_of_a_step() {
        proposed(3);
        engine.step(step -> {
            step.accept(0, 1);
            step.stop(0);
        });

        assertThat(engine.diary()).contains("1 finished with 3");
        assertThat(engine.pool.freeBlocks()).isEqualTo(20);
    }

    @Test
    void proposes_for_a_prompt_only_when_it_is_read() {
        var engine = new TestEngine(20, new Policy().chunk(8).drafts(3));
        engine.submit(1, 16, 20);
        engine.step(step -> assertThat(step.yields(0)).isFalse());
        engine.step(step -> {
            assertThat(step.yields(0)).isTrue();
            step.propose(0, 1);
        });

        assertThat(engine.step()).isEqualTo("1:2");
    }

    @Test
    void cannot_accept_what_it_did_not_draft() {
        proposed(2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.step(step -> step.accept(0, 3)))
                .withMessage("3 of 2 drafts were accepted; pass a number from 0 to that");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Policy().drafts(-1).config())
                .withMessage("maxDrafts must be at least 0, got -1");
    }

    /// Request 1 has read its prompt of ten tokens and has so many drafts.
    private void proposed(int drafts) {
        engine.submit(1, 10, 20);
        engine.step(step -> step.propose(0, drafts));
    }
}
