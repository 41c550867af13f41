// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import java.util.concurrent.atomic.LongAdder;

/** What one node's transport has done since it was opened. */
final class TransportCounters {
    final LongAdder messagesSent = new LongAdder();
    final LongAdder messagesReceived = new LongAdder();
    final LongAdder bytesSent = new LongAdder();
    final LongAdder bytesReceived = new LongAdder();
    final LongAdder connects = new LongAdder();
    final LongAdder disconnects = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder timeouts = new LongAdder();
    final LongAdder hellosRefused = new LongAdder();
    final LongAdder commitPushes = new LongAdder();

    TransportSnapshot snapshot() {
        return new TransportSnapshot(
                messagesSent.sum(),
                messagesReceived.sum(),
                bytesSent.sum(),
                bytesReceived.sum(),
                connects.sum(),
                disconnects.sum(),
                refused.sum(),
                timeouts.sum(),
                hellosRefused.sum(),
                commitPushes.sum());
    }
}
