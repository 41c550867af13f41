// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.fault;

import java.time.Duration;

/** One node gone for a while. */
public record Fault(Kind kind, Target target, String node, long atNanos, Duration duration) {
    /** What is done to the node. */
    public enum Kind {
        /** Kill -9, and a start after the duration. */
        KILL,
        /** SIGSTOP, and SIGCONT after the duration. */
        PAUSE
    }

    /** What the node was for the home region's data. */
    public enum Target {
        LEADER,
        FOLLOWER,
        LEARNER
    }
}
