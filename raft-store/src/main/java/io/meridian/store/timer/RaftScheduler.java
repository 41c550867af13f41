// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.timer;

import com.alipay.sofa.jraft.core.Scheduler;
import com.alipay.sofa.jraft.util.timer.Timeout;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Delayed;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** JRaft's scheduler (heartbeats, retries) on the shared wheel; after its shutdown nothing of it runs any more. */
final class RaftScheduler implements Scheduler {
    private static final Logger LOG = LoggerFactory.getLogger(RaftScheduler.class);
    private static final long ONCE = -1;

    private volatile boolean isShutdown;

    @Override
    public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
        return start(new Scheduled(command, ONCE), unit.toMillis(delay));
    }

    /** Rates are kept as delays: a coarse tick cannot keep a rate, and JRaft's one user of this scans for late reads. */
    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable command, long initialDelay, long period, TimeUnit unit) {
        return scheduleWithFixedDelay(command, initialDelay, period, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long initialDelay, long delay, TimeUnit unit) {
        return start(new Scheduled(command, Math.max(1, unit.toMillis(delay))), unit.toMillis(initialDelay));
    }

    @Override
    public void shutdown() {
        isShutdown = true;
    }

    private Scheduled start(Scheduled scheduled, long delayMillis) {
        scheduled.arm(Math.max(0, delayMillis));
        return scheduled;
    }

    private final class Scheduled implements ScheduledFuture<@Nullable Object> {
        private final Runnable command;
        private final long periodMillis;
        private final CompletableFuture<@Nullable Object> outcome = new CompletableFuture<>();
        private final AtomicBoolean claimed = new AtomicBoolean(); // by its run or by its cancellation, if it runs once
        private volatile @Nullable Timeout onWheel;
        private volatile long dueNanos;

        Scheduled(Runnable command, long periodMillis) {
            this.command = command;
            this.periodMillis = periodMillis;
        }

        void arm(long delayMillis) {
            dueNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMillis);
            onWheel = CoarseTimer.runAfter(
                    delayMillis, () -> CoarseTimer.workers().execute(this::run));
        }

        private void run() {
            if (isShutdown || outcome.isDone() || (periodMillis == ONCE && !claimed.compareAndSet(false, true))) {
                return;
            }
            try {
                command.run();
            } catch (RuntimeException | Error e) {
                LOG.error("A scheduled Raft task failed", e);
                outcome.completeExceptionally(e);
                return;
            }
            if (periodMillis == ONCE) {
                outcome.complete(null);
            } else if (!outcome.isDone()) {
                arm(periodMillis);
            }
        }

        /** True if the task will not run (again): JRaft relies on this where a task races with its cancellation. */
        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            if (periodMillis == ONCE && !claimed.compareAndSet(false, true)) {
                return false;
            }
            Timeout wheel = onWheel;
            if (wheel != null) {
                wheel.cancel();
            }
            return outcome.cancel(false);
        }

        @Override
        public boolean isCancelled() {
            return outcome.isCancelled();
        }

        @Override
        public boolean isDone() {
            return outcome.isDone();
        }

        @Override
        public @Nullable Object get() throws InterruptedException, ExecutionException, CancellationException {
            return outcome.get();
        }

        @Override
        public @Nullable Object get(long timeout, TimeUnit unit)
                throws InterruptedException, ExecutionException, TimeoutException {
            return outcome.get(timeout, unit);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(dueNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }
}
