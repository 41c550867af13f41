// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.error.RaftError;
import io.meridian.engine.entry.Bundle.Outcome;

/**
 * What a failed proposal's status says about the entry.
 *
 * <p>JRaft uses one code for "never proposed" and "proposed, then the leader stepped down"; only the text tells them apart,
 * so a test pins the texts to the version. What is not surely known to be unproposed is unknown.
 */
final class Outcomes {
    private static final String NOT_LEADER = "Is not leader.";
    private static final String OTHER_TERM = "expected_term=";
    private static final String NOT_APPENDED = "Fail to append task.";

    private Outcomes() {}

    static Outcome of(Status status) {
        String text = status.getErrorMsg() == null ? "" : status.getErrorMsg();
        RaftError error = status.getRaftError();
        boolean unproposed =
                switch (error) {
                    // A full ring, a busy log, a leadership transfer: refused before the log.
                    case EBUSY -> true;
                    case EPERM -> text.equals(NOT_LEADER) || text.startsWith(OTHER_TERM);
                    case EINTERNAL -> text.equals(NOT_APPENDED);
                    case ENODESHUTDOWN -> true;
                    default -> false;
                };
        return unproposed ? Outcome.NOT_APPLIED : Outcome.UNKNOWN;
    }
}
