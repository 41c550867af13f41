// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;

/** Actions that wait for an index to be applied. Safe for any thread; the lock is never held for more than the log of all. */
final class AppliedWaiters {
    /** Equal only to itself: its number is its own. */
    private static final class Waiter {
        final long index;
        final long number;
        final Runnable action;
        final long sinceNanos = System.nanoTime();

        Waiter(long index, long number, Runnable action) {
            this.index = index;
            this.number = number;
            this.action = action;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final TreeSet<Waiter> byIndex = new TreeSet<>(
            Comparator.<Waiter>comparingLong(waiter -> waiter.index).thenComparingLong(waiter -> waiter.number));
    // In the order they came: the oldest is dropped first.
    private final LinkedHashSet<Waiter> byAge = new LinkedHashSet<>();
    private long numbers;
    // What the applier looks at after each entry, without the lock.
    private volatile long lowest = Long.MAX_VALUE;

    /**
     * The caller looks at the applied index again afterwards, and calls {@link #reached} if it has passed meanwhile.
     *
     * @return forgets the action
     */
    Runnable add(long index, Runnable action) {
        Waiter waiter;
        lock.lock();
        try {
            waiter = new Waiter(index, numbers++, action);
            byIndex.add(waiter);
            byAge.add(waiter);
            noteLowest();
        } finally {
            lock.unlock();
        }
        return () -> forget(waiter);
    }

    private void forget(Waiter waiter) {
        lock.lock();
        try {
            if (byAge.remove(waiter)) {
                byIndex.remove(waiter);
                noteLowest();
            }
        } finally {
            lock.unlock();
        }
    }

    private void noteLowest() {
        lowest = byIndex.isEmpty() ? Long.MAX_VALUE : byIndex.first().index;
    }

    /** Runs, on this thread, what waited for an index up to this one, in the order of the indexes. */
    void reached(long applied) {
        if (applied < lowest) {
            return;
        }
        List<Runnable> due = new ArrayList<>();
        lock.lock();
        try {
            while (!byIndex.isEmpty() && byIndex.first().index <= applied) {
                Waiter first = byIndex.removeFirst();
                byAge.remove(first);
                due.add(first.action);
            }
            noteLowest();
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
            while (!byAge.isEmpty() && now - byAge.getFirst().sinceNanos > nanos) {
                byIndex.remove(byAge.removeFirst());
            }
            noteLowest();
        } finally {
            lock.unlock();
        }
    }

    /** How many wait. */
    int size() {
        lock.lock();
        try {
            return byAge.size();
        } finally {
            lock.unlock();
        }
    }
}
