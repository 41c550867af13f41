// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.history;

/** The consistency level that an operation was promised; writes are always linearizable. */
public enum Level {
    LINEARIZABLE,
    SESSION,
    EVENTUAL
}
