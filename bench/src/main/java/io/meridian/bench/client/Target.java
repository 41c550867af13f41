// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.client;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * A RESP port of this machine, and who to be there.
 *
 * @param user the user name; Meridian's may end in a level, {@code default+eventual}
 * @param token the password; empty to send no AUTH at all
 */
public record Target(int port, String user, String token) {
    public static final String HOST = "127.0.0.1";

    /** A port that asks for no password. */
    public static Target open(int port) {
        return new Target(port, "default", "");
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** The same port for a user whose reads have this level. */
    public Target at(String level) {
        return new Target(port, "default+" + level, token);
    }
}
