// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.topology;

/**
 * A TCP address as written: a host name or IP address, not resolved, and a port from 0 to 65535.
 *
 * <p>An IPv6 address stands in brackets when written, without them in {@link #host}. Port 0 means "any free port" and
 * makes sense for listening only.
 */
public record HostPort(String host, int port) {
    /** Said wherever an address is refused. */
    public static final String EXPECTED = "an address like 10.0.0.1:7400, node-1.example:7400 or [::1]:7400";

    public HostPort {
        if (host.isBlank() || port < 0 || port > 65_535) {
            throw new IllegalArgumentException("'" + host + ":" + port + "' is not " + EXPECTED);
        }
    }

    /** Throws IllegalArgumentException when the text is not {@code host:port}. */
    public static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        String port = text.substring(colon + 1);
        if (colon <= 0 || !port.matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException("'" + text + "' is not " + EXPECTED);
        }
        String host = text.substring(0, colon);
        boolean isBracketed = host.startsWith("[") && host.endsWith("]");
        String bare = isBracketed ? host.substring(1, host.length() - 1) : host;
        if (isBracketed ? !bare.matches("[0-9A-Fa-f:.%a-z]+") : !bare.matches("[0-9A-Za-z._-]+")) {
            throw new IllegalArgumentException("'" + text + "' is not " + EXPECTED);
        }
        return new HostPort(bare, Integer.parseInt(port));
    }

    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
