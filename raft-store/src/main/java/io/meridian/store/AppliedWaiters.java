// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.locks.ReentrantLock;

/** Actions that wait for an index to be applied. Safe for any thread. */
final class AppliedWaiters {
    private record Waiter(long index, Runnable action, long sinceNanos) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final PriorityQueue<Waiter> waiters = new PriorityQueue<>(Comparator.comparingLong(Waiter::index));
    // What the applier looks at after each entry, without the lock.
    private volatile long lowest = Long.MAX_VALUE;

    /** The caller looks at the applied index again afterwards, and calls {@link #reached} if it has passed meanwhile. */
    void add(long index, Runnable action) {
        lock.lock();
        try {
            waiters.add(new Waiter(index, action, System.nanoTime()));
            lowest = waiters.peek().index();
        } finally {
            lock.unlock();
        }
    }

    /** Runs, on this thread, what waited for an index up to this one, in the order of the indexes. */
    void reached(long applied) {
        if (applied < lowest) {
            return;
        }
        List<Runnable> due = new ArrayList<>();
        lock.lock();
        try {
            Waiter first = waiters.peek();
            while (first != null && first.index() <= applied) {
                waiters.remove();
                due.add(first.action());
                first = waiters.peek();
            }
            lowest = first == null ? Long.MAX_VALUE : first.index();
        } finally {
            lock.unlock();
        }
        due.forEach(Batcher::complete);
    }

    /** Forgets what has waited longer: nobody does any more. */
    void dropOlderThan(long nanos) {
        if (lowest == Long.MAX_VALUE) {
            return;
        }
        long now = System.nanoTime();
        lock.lock();
        try {
            waiters.removeIf(waiter -> now - waiter.sinceNanos() > nanos);
            Waiter first = waiters.peek();
            lowest = first == null ? Long.MAX_VALUE : first.index();
        } finally {
            lock.unlock();
        }
    }
}
