// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.config;

/** From which severity on something is logged. */
public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
}
