// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.timer;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.core.Scheduler;
import com.alipay.sofa.jraft.util.JRaftServiceLoader;
import com.alipay.sofa.jraft.util.timer.RaftTimerFactory;
import com.alipay.sofa.jraft.util.timer.Timeout;
import com.alipay.sofa.jraft.util.timer.Timer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CoarseTimerFactoryTest {
    private final RaftTimerFactory factory =
            JRaftServiceLoader.load(RaftTimerFactory.class).first();

    @Test
    void jraftFindsThisFactory() {
        assertThat(factory).isInstanceOf(CoarseTimerFactory.class);
    }

    @Test
    void aTimeoutRunsOnceAndThenCannotBeCancelled() throws Exception {
        Timer timer = factory.createTimer("test");
        CountDownLatch ran = new CountDownLatch(1);
        long start = System.nanoTime();

        Timeout timeout = timer.newTimeout(_ -> ran.countDown(), 30, TimeUnit.MILLISECONDS);

        assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(30_000_000 - CoarseTimer.TICK_MILLIS * 1_000_000);
        assertThat(timeout.cancel()).isFalse();
        assertThat(timeout.isExpired()).isTrue();
    }

    @Test
    void aCancelledTaskDoesNotRun() throws Exception {
        Scheduler scheduler = factory.createScheduler(1, "test");
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch later = new CountDownLatch(1);

        ScheduledFuture<?> cancelled = scheduler.schedule(runs::incrementAndGet, 20, TimeUnit.MILLISECONDS);
        assertThat(cancelled.cancel(false)).isTrue();
        var _ = scheduler.schedule(later::countDown, 60, TimeUnit.MILLISECONDS);

        assertThat(later.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(runs).hasValue(0);
        assertThat(cancelled.isCancelled()).isTrue();
    }

    @Test
    void aRepeatedTaskRunsUntilCancelled() throws Exception {
        Scheduler scheduler = factory.createScheduler(1, "test");
        CountDownLatch ran = new CountDownLatch(3);

        ScheduledFuture<?> repeated = scheduler.scheduleWithFixedDelay(ran::countDown, 1, 10, TimeUnit.MILLISECONDS);

        assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(repeated.cancel(false)).isTrue();
        assertThat(repeated.isDone()).isTrue();
    }

    @Test
    void afterItsShutdownASchedulerRunsNothing() throws Exception {
        Scheduler scheduler = factory.createScheduler(1, "test");
        AtomicInteger runs = new AtomicInteger();
        var _ = scheduler.schedule(runs::incrementAndGet, 20, TimeUnit.MILLISECONDS);

        scheduler.shutdown();

        CountDownLatch later = new CountDownLatch(1);
        var _ = factory.createScheduler(1, "other").schedule(later::countDown, 60, TimeUnit.MILLISECONDS);
        assertThat(later.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(runs).hasValue(0);
    }
}
