// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import io.meridian.engine.Reply;
import io.meridian.router.topology.Consistency;
import java.util.List;

/**
 * What a session's last answered read was given (MERIDIAN LAST, the REST response's headers); for its event loop only.
 *
 * <p>An error shows nothing that was read, nor does the nil of an EXEC that ran nothing: they change nothing here.
 */
public final class LastRead {
    static final long UNKNOWN = Long.MAX_VALUE;

    private String region = "";
    private String node = "";
    private String level = "";
    private long index;
    private long stalenessMillis = UNKNOWN;

    LastRead() {}

    void served(Reply reply, String byRegion, String byNode, Consistency by, long atIndex, long staleMillis) {
        if (reply instanceof Reply.Failure) {
            return;
        }
        region = byRegion;
        node = byNode;
        level = by.text();
        index = atIndex;
        stalenessMillis = staleMillis;
    }

    /** As before the first read. */
    void forget() {
        region = "";
        node = "";
        level = "";
        index = 0;
        stalenessMillis = UNKNOWN;
    }

    public String region() {
        return region;
    }

    public String node() {
        return node;
    }

    /** Empty before the first read. */
    public String level() {
        return level;
    }

    public long index() {
        return index;
    }

    /** {@link Long#MAX_VALUE} when it is not known, and before the first read. */
    public long stalenessMillis() {
        return stalenessMillis;
    }

    /** As MERIDIAN LAST tells it; an unknown staleness is -1. */
    Reply told() {
        return new Reply.Pairs(List.of(
                Reply.Bulk.of("region"), Reply.Bulk.of(region),
                Reply.Bulk.of("node"), Reply.Bulk.of(node),
                Reply.Bulk.of("level"), Reply.Bulk.of(level),
                Reply.Bulk.of("index"), new Reply.Int(index),
                Reply.Bulk.of("staleness-ms"), new Reply.Int(stalenessMillis == UNKNOWN ? -1 : stalenessMillis)));
    }
}
