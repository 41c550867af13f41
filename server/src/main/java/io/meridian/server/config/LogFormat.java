// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.config;

/** What a line of the log looks like. */
public enum LogFormat {
    /** For people. */
    TEXT,
    /** For programs: one JSON object a line. */
    JSON
}
