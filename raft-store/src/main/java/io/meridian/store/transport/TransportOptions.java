// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import java.time.Duration;

/**
 * The transport's limits and times.
 *
 * @param messageBytesMax longest message carried; an entry of 64 MiB with those before it in its request must fit
 * @param queuedBytesMax bytes that wait to be written on one stream; one message is always taken when none waits
 * @param handshake how long a connection may take until its stream is welcomed
 * @param silence how long a stream on which calls time out may bring nothing before it is made anew
 * @param backoffMin pause before the first attempt to connect again
 * @param backoffMax longest pause between attempts
 * @param keepAlive pause between pings on a connection; gRPC sends none more often than every 10 s
 * @param keepAliveTimeout how long a ping may go unanswered
 */
public record TransportOptions(
        int messageBytesMax,
        long queuedBytesMax,
        Duration handshake,
        Duration silence,
        Duration backoffMin,
        Duration backoffMax,
        Duration keepAlive,
        Duration keepAliveTimeout) {
    private static final int MIB = 1 << 20;

    public static TransportOptions defaults() {
        return new TransportOptions(
                72 * MIB,
                128L * MIB,
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofMillis(50),
                Duration.ofSeconds(2),
                Duration.ofSeconds(10),
                Duration.ofSeconds(5));
    }
}
