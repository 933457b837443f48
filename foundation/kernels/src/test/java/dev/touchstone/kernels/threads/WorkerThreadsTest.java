package dev.touchstone.kernels.threads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Worker threads")
class WorkerThreadsTest {
    @Test
    void do_every_part_of_every_round_once() {
        try (WorkerThreads workers = WorkerThreads.start(3)) {
            for (int round = 0; round < 300; round++) {
                var done = new AtomicIntegerArray(round % 17 + 1);
                workers.run(done.length(), (part, worker) -> done.incrementAndGet(part));
                for (int part = 0; part < done.length(); part++) {
                    assertThat(done.get(part)).isEqualTo(1);
                }
            }
        }
    }

    @Test
    void never_give_two_parts_at_once_the_same_number() {
        try (WorkerThreads workers = WorkerThreads.start(3)) {
            var busy = new AtomicIntegerArray(workers.count());
            var clashes = new AtomicIntegerArray(1);
            workers.run(
                    1000,
                    (part, worker) -> {
                        if (busy.incrementAndGet(worker) != 1) {
                            clashes.incrementAndGet(0);
                        }
                        busy.decrementAndGet(worker);
                    });
            assertThat(clashes.get(0)).isZero();
        }
    }

    @Test
    void tell_the_caller_when_a_part_fails_and_go_on() {
        try (WorkerThreads workers = WorkerThreads.start(2)) {
            assertThatIllegalStateException()
                    .isThrownBy(() ->
                            workers.run(
                                    8,
                                    (part, worker) -> {
                                        if (part == 5) {
                                            throw new ArithmeticException("part 5");
                                        }
                                    }))
                    .withMessageContaining("part 5");
            var done = new AtomicIntegerArray(4);
            workers.run(4, (part, worker) -> done.incrementAndGet(part));
            assertThat(done.get(3)).isEqualTo(1);
        }
    }
}
