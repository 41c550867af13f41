// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.config;

import java.time.Duration;

/** How long a node waits for what. */
public record Timeouts(
        Duration request, Duration httpHeader, Duration idleHttp, Duration shutdown, Duration sessionPatience) {

    static Timeouts of(Values values) {
        return new Timeouts(
                values.get(Settings.REQUEST_TIMEOUT),
                values.get(Settings.HTTP_HEADER_TIMEOUT),
                values.get(Settings.IDLE_HTTP),
                values.get(Settings.SHUTDOWN),
                values.get(Settings.SESSION_PATIENCE));
    }
}
