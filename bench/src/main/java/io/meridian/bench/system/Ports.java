// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.system;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Ports below those that the operating system gives to outgoing connections, so that a restarted server gets its own. */
public final class Ports {
    private static final int LOWEST = 15_000;
    private static final int HIGHEST = 32_000;
    private static final int TRIES = 1000;
    private static final Set<Integer> TAKEN = new HashSet<>();

    private Ports() {}

    /** A port of the loopback interface on which nobody listens, given out once. */
    public static int next() {
        return first(1);
    }

    /** The first of so many ports in a row on which nobody listens. */
    public static synchronized int first(int count) {
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST - count);
            if (areFree(port, count)) {
                for (int j = 0; j < count; j++) {
                    TAKEN.add(port + j);
                }
                return port;
            }
        }
        throw new IllegalStateException("no " + count + " free ports between " + LOWEST + " and " + HIGHEST);
    }

    private static boolean areFree(int first, int count) {
        for (int port = first; port < first + count; port++) {
            if (TAKEN.contains(port) || !isFree(port)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
