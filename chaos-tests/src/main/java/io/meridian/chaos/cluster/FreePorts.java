// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports that stay free while the node that owns them is down.
 *
 * <p>The operating system hands out ports from 32768 up to outgoing connections, so one from there could be taken
 * before a killed node comes back. These come from below, and no two of this process are the same.
 */
public final class FreePorts {
    private static final int LOWEST = 15_000;
    private static final int HIGHEST = 32_000;
    private static final int TRIES = 10_000;
    private static final Set<Integer> TAKEN = new HashSet<>();

    private FreePorts() {}

    /** A port of the loopback interface on which nobody listens now. */
    public static synchronized Address next() {
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            if (isFree(port) && TAKEN.add(port)) {
                return new Address("127.0.0.1", port);
            }
        }
        throw new IllegalStateException("no free port between " + LOWEST + " and " + HIGHEST);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            // Without this a port whose last connections linger would count as taken; the nodes set it too.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
