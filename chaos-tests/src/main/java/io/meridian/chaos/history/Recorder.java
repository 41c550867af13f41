// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** Collects the operations of many clients in memory; any thread may record. */
public final class Recorder {
    private final LongSupplier clock;
    private final int operationsMax;
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final ConcurrentLinkedQueue<Pending> recorded = new ConcurrentLinkedQueue<>();

    /**
     * Starts with nothing recorded.
     *
     * @param clock nanoseconds that never go back, the same for all clients
     * @param operationsMax how many are kept; {@link #isFull} is true from there on
     */
    public Recorder(LongSupplier clock, int operationsMax) {
        this.clock = clock;
        this.operationsMax = operationsMax;
    }

    /** Whether no further operation may begin. */
    public boolean isFull() {
        return begun.get() >= operationsMax;
    }

    /** Records a call just before it is sent. */
    public Pending begin(int process, String session, Call call, String key, Place place, Level level) {
        if (begun.incrementAndGet() > operationsMax) {
            throw new IllegalStateException("the history is full: " + operationsMax + " operations");
        }
        Pending pending = new Pending(process, session, call, key, place, level);
        recorded.add(pending);
        return pending;
    }

    public int size() {
        return Math.min(begun.get(), operationsMax);
    }

    /** How many have ended well. */
    public int acknowledged() {
        return acknowledged.get();
    }

    /** All operations so far, by call time; one that has not ended is unknown. */
    public List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        for (Pending pending : recorded) {
            operations.add(pending.seen());
        }
        operations.sort(Comparator.comparingLong(Operation::callNanos));
        return operations;
    }

    /** One call that was sent; exactly one of its endings is to be called. */
    public final class Pending {
        private volatile Operation operation;

        private Pending(int process, String session, Call call, String key, Place place, Level level) {
            long now = clock.getAsLong();
            this.operation = new Operation(
                    process,
                    session,
                    call,
                    key,
                    new Result.Failure("still running"),
                    now,
                    now,
                    Outcome.UNKNOWN,
                    place,
                    level,
                    0);
        }

        /** It happened; {@code index} is 0 when the reply named none. */
        public Operation ok(Result result, long index) {
            Operation ended = end(Outcome.OK, result, index);
            acknowledged.incrementAndGet();
            return ended;
        }

        /** It was shown the state at this index; for one that has ended well. */
        public void at(long index) {
            Operation was = operation;
            operation = new Operation(
                    was.process(),
                    was.session(),
                    was.call(),
                    was.key(),
                    was.result(),
                    was.callNanos(),
                    was.returnNanos(),
                    was.outcome(),
                    was.place(),
                    was.level(),
                    index);
        }

        /** It certainly did not happen. */
        public Operation fail(String error) {
            return end(Outcome.FAIL, new Result.Failure(error), 0);
        }

        /** Nobody knows. */
        public Operation unknown(String why) {
            return end(Outcome.UNKNOWN, new Result.Failure(why), 0);
        }

        private Operation end(Outcome outcome, Result result, long index) {
            Operation was = operation;
            operation = new Operation(
                    was.process(),
                    was.session(),
                    was.call(),
                    was.key(),
                    result,
                    was.callNanos(),
                    clock.getAsLong(),
                    outcome,
                    was.place(),
                    was.level(),
                    index);
            return operation;
        }

        private Operation seen() {
            return operation;
        }
    }
}
