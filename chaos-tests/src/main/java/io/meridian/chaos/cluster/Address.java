// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.cluster;

/** Where something listens. */
public record Address(String host, int port) {
    @Override
    public String toString() {
        return host + ":" + port;
    }
}
