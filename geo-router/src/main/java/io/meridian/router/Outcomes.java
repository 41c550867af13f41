// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import io.meridian.engine.Reply;

/** The errors that say what became of a request that no replica answered. */
final class Outcomes {
    private Outcomes() {}

    /** Surely not applied: safe to send again. */
    static Reply.Failure noLeader(String group) {
        return new Reply.Failure("CLUSTERDOWN no leader of group " + group + " answered in time, nothing was applied");
    }

    /** May have been applied, or may be later. */
    static Reply.Failure unknown(String group) {
        return new Reply.Failure(
                "UNKNOWN no answer from the leader of group " + group + " in time, the write may have been applied");
    }
}
