// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.List;

/** Leaves out warnings of JRaft's that stand in every start and every failover and ask nothing of an operator. */
final class ExpectedLines extends Filter<ILoggingEvent> {
    private static final String LIBRARY = "com.alipay.sofa.jraft.";
    // By their beginnings: these loggers also tell what an operator must know.
    private static final List<String> BEGINNINGS = List.of(
            // A node that cannot be reached: our transport says that once, with the reason.
            "Fail to add a replicator, peer=",
            "Fail to add a learner replicator, peer=",
            "Node {} channel init failed, address=",
            // A leader finds out where a replica's log ends: that is how Raft brings it up to date.
            "Node {} reject term_unmatched AppendEntriesRequest from",
            // A vote that comes after the election is decided.
            "Node {} received invalid PreVoteResponse from {}, state not in",
            "Node {} received invalid RequestVoteResponse from {}, state not in",
            // A message that was on its way when its receiver was stopped.
            "ThreadId: {} already destroyed");

    @Override
    public FilterReply decide(ILoggingEvent event) {
        String message = event.getMessage();
        boolean isExpected = message != null
                && event.getLoggerName().startsWith(LIBRARY)
                && BEGINNINGS.stream().anyMatch(message::startsWith);
        return isExpected ? FilterReply.DENY : FilterReply.NEUTRAL;
    }
}
