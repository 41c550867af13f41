// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.token;

import java.util.List;

/** What a session has seen: for each group it touched, the index below which it must not be shown anything. */
public record SessionToken(List<Seen> seen) {
    /**
     * One group of a token.
     *
     * @param incarnation of the group's history; an index of another one counts as none
     * @param index above 0
     */
    public record Seen(String group, long incarnation, long index) {}

    public SessionToken {
        seen = List.copyOf(seen);
    }
}
