// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

/** What COMMAND INFO says of a command beyond its kind; the names are Redis' own, in lower case with underscores. */
public enum Flag {
    DENYOOM,
    FAST,
    ADMIN,
    DANGEROUS,
    NOSCRIPT,
    LOADING,
    STALE,
    SKIP_MONITOR,
    SKIP_SLOWLOG,
    NO_AUTH,
    NO_MULTI,
    ALLOW_BUSY,
    BLOCKING,
    MOVABLEKEYS,
    PUBSUB,
    READONLY,
    WRITE,
    SENTINEL,
    NO_ASYNC_LOADING
}
