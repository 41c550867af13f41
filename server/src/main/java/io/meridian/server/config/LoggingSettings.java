// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.config;

/** What is logged, and in which form. */
public record LoggingSettings(LogLevel level, LogFormat format) {
    static LoggingSettings of(Values values) {
        return new LoggingSettings(values.get(Settings.LOG_LEVEL), values.get(Settings.LOG_FORMAT));
    }
}
