// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

/**
 * Notices a replica that applies nothing for a while, although its leader has.
 *
 * <p>Where one voter is the quorum, JRaft takes the whole log of a replica that starts for committed, and what it hears of the
 * commit index later is no news; so it applies nothing before another entry comes, which on an idle group is never. Safe for
 * any thread.
 */
final class Stall {
    /** Answers of the leader in a row; it is asked ten times a second. */
    private static final int ANSWERS_MIN = 10;

    private long applied = -1;
    private int answers;

    /** Learns of one answer of the leader; returns whether the replica may have stalled. */
    synchronized boolean seen(long leaderApplied, long ownApplied) {
        if (ownApplied >= leaderApplied || ownApplied != applied) {
            applied = ownApplied;
            answers = 0;
            return false;
        }
        answers++;
        return answers >= ANSWERS_MIN;
    }
}
