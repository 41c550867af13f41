// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

/**
 * A node's transport counters at one time; each only grows while the transport is open.
 *
 * @param messagesSent whole messages, requests and replies, of all lanes
 * @param bytesSent of serialised messages, without frames and TLS
 * @param connects streams that were opened by this node and welcomed
 * @param disconnects streams of those that ended
 * @param refused messages not taken because a stream was not ready or its queue full
 * @param timeouts calls whose reply did not come in time
 * @param hellosRefused streams of others that this node refused
 * @param commitPushes commit indices pushed ahead of JRaft's own heartbeats
 */
public record TransportSnapshot(
        long messagesSent,
        long messagesReceived,
        long bytesSent,
        long bytesReceived,
        long connects,
        long disconnects,
        long refused,
        long timeouts,
        long hellosRefused,
        long commitPushes) {}
