// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.demo;

import io.meridian.store.transport.LinkDelay;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** How long messages take between regions. */
public enum WideArea {
    /** About what public clouds measure between their regions of these names; 50 ms between others. */
    REALISTIC,
    /** As fast as this machine is. */
    NONE;

    private static final long OTHER_MILLIS = 50;
    /** One way, in milliseconds: half of the usual round trip. */
    private static final Map<Set<String>, Long> ONE_WAY_MILLIS = Map.of(
            Set.of("us-east", "us-west"), 32L,
            Set.of("us-east", "eu-west"), 38L,
            Set.of("us-east", "ap-south"), 95L,
            Set.of("us-west", "eu-west"), 66L,
            Set.of("us-west", "ap-south"), 110L,
            Set.of("eu-west", "ap-south"), 61L);

    /** The round trip between two regions, in milliseconds. */
    public long roundTripMillis(String one, String other) {
        return 2 * oneWayMillis(one, other);
    }

    private long oneWayMillis(String one, String other) {
        return this == NONE || one.equals(other) ? 0 : ONE_WAY_MILLIS.getOrDefault(Set.of(one, other), OTHER_MILLIS);
    }

    /** The delay between nodes, whose regions are given by name. */
    LinkDelay between(Map<String, String> regions) {
        if (this == NONE) {
            return LinkDelay.NONE;
        }
        Map<String, String> known = Map.copyOf(regions);
        return (from, to) ->
                TimeUnit.MILLISECONDS.toNanos(oneWayMillis(known.getOrDefault(from, from), known.getOrDefault(to, to)));
    }
}
