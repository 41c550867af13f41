// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.timer;

import com.alipay.sofa.jraft.util.timer.HashedWheelTimer;
import com.alipay.sofa.jraft.util.timer.Timeout;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The process's one timer wheel, with a tick of 10 ms.
 *
 * <p>JRaft's own timers wake a thread every millisecond for each kind of timer; at 32 idle groups that alone took a fifth
 * of a core. Raft's timeouts are hundreds of milliseconds, so one wheel with a coarse tick serves every group and node of
 * the process. It lives as long as the process.
 */
public final class CoarseTimer {
    /** Length of a tick in milliseconds: a timeout runs up to this much late, never early. */
    public static final int TICK_MILLIS = 10;

    /** More than enough for one slow fsync in a few groups at once; idle ones end. */
    private static final int WORKERS = 4;

    private static final AtomicInteger WORKER_NUMBER = new AtomicInteger();

    // 512 ticks are 5 s: the longest usual timeout goes round the wheel once.
    private static final HashedWheelTimer WHEEL =
            new HashedWheelTimer(task -> daemon(task, "meridian-timer"), TICK_MILLIS, TimeUnit.MILLISECONDS, 512);

    private static final ThreadPoolExecutor POOL = pool();

    private CoarseTimer() {}

    /**
     * Runs {@code task} once, on the wheel's own thread, so it must not block.
     *
     * @param delayMillis not negative
     */
    public static Timeout runAfter(long delayMillis, Runnable task) {
        return WHEEL.newTimeout(_ -> task.run(), delayMillis, TimeUnit.MILLISECONDS);
    }

    /** Where timed work that may block runs: a few threads, shared by the process. */
    public static Executor workers() {
        return POOL;
    }

    private static ThreadPoolExecutor pool() {
        // Unbounded in type only: it holds at most the timers that exist, a few a group.
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                WORKERS,
                WORKERS,
                30,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> daemon(task, "meridian-timer-worker-" + WORKER_NUMBER.incrementAndGet()));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
