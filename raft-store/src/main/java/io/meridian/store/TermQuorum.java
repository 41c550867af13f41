// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Learns from other voters that no later leader had been elected when it asked them: as many as make a majority with this
 * replica are still in its term.
 *
 * <p>What Raft's dissertation, §6.4, has heartbeats for, with less: who gave its vote to a later leader has been
 * in that leader's term since before the vote left it, and two majorities share a voter. So no more voters are asked than are
 * needed, and each answers with one number that it keeps at hand. One that fails to is asked last the next time.
 *
 * <p>Holds for a fixed set of voters. Safe for any thread.
 */
final class TermQuorum {
    /** How another voter is asked. */
    interface Voters {
        /** Gives the answer, on any thread, exactly once; a negative one when there is none in time. */
        void ask(String voter, LongConsumer answer);
    }

    private final List<String> others;
    private final int needed;
    private final LongSupplier ownTerm;
    private final Voters voters;
    // Where asking begins; raised past whom no good answer came from.
    private final AtomicInteger first = new AtomicInteger();

    /**
     * @param others the group's voters but this one
     * @param ownTerm the term that this replica is in, at least that of each vote that it gave
     */
    TermQuorum(List<String> others, LongSupplier ownTerm, Voters voters) {
        this.others = List.copyOf(others);
        // With this one more than half of all.
        this.needed = (others.size() + 1) / 2;
        this.ownTerm = ownTerm;
        this.voters = voters;
    }

    /** Tells, on any thread and once, whether a majority was in the term at some time after this call; false for not knowing. */
    void confirm(long term, Consumer<Boolean> outcome) {
        if (ownTerm.getAsLong() != term) {
            outcome.accept(false);
        } else if (needed == 0) {
            outcome.accept(true);
        } else {
            new Round(term, outcome).ask();
        }
    }

    private final class Round {
        private final long term;
        private final Consumer<Boolean> outcome;
        // How many good answers are still needed; negative once the outcome is told.
        private final AtomicInteger missing = new AtomicInteger(needed);

        Round(long term, Consumer<Boolean> outcome) {
            this.term = term;
            this.outcome = outcome;
        }

        void ask() {
            int begin = first.get();
            for (int i = 0; i < needed; i++) {
                int place = begin + i;
                voters.ask(
                        others.get(Math.floorMod(place, others.size())), answered -> answered(begin, place, answered));
            }
        }

        private void answered(int begin, int place, long answered) {
            if (answered != term) {
                first.compareAndSet(begin, place + 1);
                if (missing.getAndSet(-1) > 0) {
                    outcome.accept(false);
                }
            } else if (missing.decrementAndGet() == 0) {
                outcome.accept(true);
            }
        }
    }
}
