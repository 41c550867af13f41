// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.testing;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Time that passes when a test says so, with event loops on it; everything happens on the test's thread, in one order. */
public final class ManualTime {
    private static final int AT_ONCE_MAX = 1_000_000;

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::atNanos).thenComparingLong(Event::number));
    private long nanos;
    private long numbers;
    private int loops;

    private record Event(long atNanos, long number, Runnable action) {}

    public long nanos() {
        return nanos;
    }

    /** Runs the action after so long, behind what was asked for that time before. */
    public void after(long delayNanos, Runnable action) {
        events.add(new Event(nanos + Math.max(0, delayNanos), numbers++, action));
    }

    /** Runs what is due now, and what that asks for at once. */
    public void settle() {
        pass(0);
    }

    /** Lets time pass with all that is due until then. */
    public void pass(long millis) {
        long end = nanos + TimeUnit.MILLISECONDS.toNanos(millis);
        int atOnce = 0;
        while (!events.isEmpty() && events.peek().atNanos() <= end) {
            Event next = events.remove();
            atOnce = next.atNanos() == nanos ? atOnce + 1 : 0;
            if (atOnce > AT_ONCE_MAX) {
                throw new AssertionError("no time passes any more: what is done at once asks for more, without end");
            }
            nanos = next.atNanos();
            next.action().run();
        }
        nanos = end;
    }

    /** One more event loop. */
    public ScheduledExecutorService loop() {
        return new Loop(loops++);
    }

    private final class Loop extends AbstractExecutorService implements ScheduledExecutorService {
        private final int number;

        Loop(int number) {
            this.number = number;
        }

        /** The same in each run: what is done for all loops of a map is then done in the same order. */
        @Override
        public int hashCode() {
            return number;
        }

        @Override
        public void execute(Runnable action) {
            after(0, action);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable action, long delay, TimeUnit unit) {
            Timer timer = new Timer(action, nanos + unit.toNanos(delay));
            after(unit.toNanos(delay), timer::fire);
            return timer;
        }

        @Override
        public <V> ScheduledFuture<V> schedule(Callable<V> action, long delay, TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ScheduledFuture<?> scheduleAtFixedRate(Runnable action, long first, long period, TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ScheduledFuture<?> scheduleWithFixedDelay(Runnable action, long first, long delay, TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return false;
        }
    }

    private final class Timer extends FutureTask<Void> implements ScheduledFuture<Void> {
        private final Runnable action;
        private final long atNanos;

        Timer(Runnable action, long atNanos) {
            super(() -> {}, null);
            this.action = action;
            this.atNanos = atNanos;
        }

        /** Not as a FutureTask, which would keep what the action throws to itself. */
        void fire() {
            if (!isDone()) {
                run();
                action.run();
            }
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(atNanos - nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }
}
