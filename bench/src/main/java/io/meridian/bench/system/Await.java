// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.system;

import java.time.Duration;

/** Waits for servers. */
final class Await {
    private static final long POLL_MILLIS = 5;

    private Await() {}

    /** Something that may fail until it is there; a failure counts as "not yet". */
    interface Condition {
        boolean holds() throws Exception;
    }

    /**
     * Returns once the condition holds; throws IllegalStateException with its last failure when it does not in time, and
     * ServerEndedException as soon as the condition does.
     */
    static void until(String what, Duration patience, Condition condition) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        Exception last = null;
        while (System.nanoTime() < deadline) {
            try {
                if (condition.holds()) {
                    return;
                }
            } catch (InterruptedException | ServerEndedException e) {
                throw e;
            } catch (Exception notYet) {
                last = notYet;
            }
            Thread.sleep(POLL_MILLIS); // between two looks at the condition: another process tells nobody when it holds
        }
        throw new IllegalStateException("waited " + patience.toSeconds() + " s in vain for " + what, last);
    }
}
