// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.timer;

import com.alipay.sofa.jraft.util.timer.Timeout;
import com.alipay.sofa.jraft.util.timer.Timer;
import com.alipay.sofa.jraft.util.timer.TimerTask;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One node's handle on the shared wheel; its tasks run on the timer's workers, as an election may wait for a disk. */
final class RaftTimer implements Timer {
    private static final Logger LOG = LoggerFactory.getLogger(RaftTimer.class);

    @Override
    public Timeout newTimeout(TimerTask task, long delay, TimeUnit unit) {
        Armed armed = new Armed(this, task);
        armed.arm(Math.max(0, unit.toMillis(delay)));
        return armed;
    }

    /** The wheel is the process's: nothing stops here, and JRaft cancels each of its timeouts before it stops a timer. */
    @Override
    public Set<Timeout> stop() {
        return Set.of();
    }

    private static final class Armed implements Timeout {
        private final RaftTimer timer;
        private final TimerTask task;
        private final AtomicBoolean claimed = new AtomicBoolean(); // by its run or by its cancellation
        private volatile boolean isCancelled;
        private volatile @Nullable Timeout onWheel;

        Armed(RaftTimer timer, TimerTask task) {
            this.timer = timer;
            this.task = task;
        }

        void arm(long delayMillis) {
            onWheel = CoarseTimer.runAfter(
                    delayMillis, () -> CoarseTimer.workers().execute(this::run));
        }

        private void run() {
            if (!claimed.compareAndSet(false, true)) {
                return;
            }
            try {
                task.run(this);
            } catch (Exception e) {
                LOG.error("A Raft timer's task failed", e);
            }
        }

        @Override
        public Timer timer() {
            return timer;
        }

        @Override
        public TimerTask task() {
            return task;
        }

        @Override
        public boolean isExpired() {
            return claimed.get() && !isCancelled;
        }

        @Override
        public boolean isCancelled() {
            return isCancelled;
        }

        @Override
        public boolean cancel() {
            if (!claimed.compareAndSet(false, true)) {
                return false;
            }
            isCancelled = true;
            Timeout wheel = onWheel;
            if (wheel != null) {
                wheel.cancel();
            }
            return true;
        }
    }
}
