// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import io.meridian.engine.Reply;

/** The errors of requests that no replica answered, and of those that were not let in. */
final class Outcomes {
    static final Reply.Failure NO_AUTH = new Reply.Failure("NOAUTH Authentication required.");
    static final Reply.Failure EXEC_WITHOUT_AUTH =
            new Reply.Failure("EXECABORT Transaction discarded because of: " + NO_AUTH.line());
    static final Reply.Failure WRONG_PASS =
            new Reply.Failure("WRONGPASS invalid username-password pair or user is disabled.");

    private Outcomes() {}

    /** Surely not applied: safe to send again. */
    static Reply.Failure noLeader(String group) {
        return new Reply.Failure("CLUSTERDOWN no leader of group " + group + " answered in time, nothing was applied");
    }

    /** The same with the last reason that a node gave for not taking it; empty when none did. */
    static Reply.Failure noLeader(String group, String reason) {
        Reply.Failure failure = noLeader(group);
        return reason.isEmpty() ? failure : new Reply.Failure(failure.line() + " (" + reason + ")");
    }

    /** The leader answered that it takes none before somebody has mended something; Redis' word for that. */
    static Reply.Failure takesNoWrites(String group, String reason) {
        return new Reply.Failure("MISCONF group " + group + " takes no writes, nothing was applied: " + reason);
    }

    /** This node did not come to show what the session has seen; nothing was read. */
    static Reply.Failure notFresh(String group) {
        return new Reply.Failure("CLUSTERDOWN this node did not apply in time what the session has seen of group "
                + group + ", nothing is watched");
    }

    /** May have been applied, or may be later. */
    static Reply.Failure unknown(String group) {
        return new Reply.Failure(
                "UNKNOWN no answer from the leader of group " + group + " in time, the write may have been applied");
    }
}
