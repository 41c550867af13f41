// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import io.meridian.router.token.SessionToken;
import io.meridian.router.token.SessionTokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A session's floors: for each group the index below which it must not be shown anything. For the lane's thread. */
final class Floors {
    private final List<GroupRoute> routes;
    private final SessionTokens tokens;
    private final long[] indexes;
    // What each index is of. 0 where that was not known: such an index is of any incarnation.
    private final long[] incarnations;
    // The token as text, as long as the floors are what they were then.
    private String text = "";
    private boolean isTextOld = true;

    /** @param routes all of the topology, each at its ordinal */
    Floors(List<GroupRoute> routes, SessionTokens tokens) {
        this.routes = routes;
        this.tokens = tokens;
        this.indexes = new long[routes.size()];
        this.incarnations = new long[routes.size()];
    }

    /** The index that this node's replica has to have applied; 0 when there is none, or it was of another incarnation. */
    long of(GroupRoute route) {
        return route.replica().floorOf(incarnations[route.ordinal()], indexes[route.ordinal()]);
    }

    /** The same index as it was seen, and what it is of. */
    long index(GroupRoute route) {
        return indexes[route.ordinal()];
    }

    long incarnation(GroupRoute route) {
        return incarnations[route.ordinal()];
    }

    /** Raises the floor to what a replica has told; its index replaces one of another incarnation. */
    void raise(GroupRoute route, long incarnation, long index) {
        int at = route.ordinal();
        long known = incarnations[at];
        if (known != incarnation && known != 0 && incarnation != 0) {
            incarnations[at] = incarnation;
            indexes[at] = index;
            isTextOld = true;
            return;
        }
        if (known == 0 && incarnation != 0) {
            incarnations[at] = incarnation;
            isTextOld = true;
        }
        if (index > indexes[at]) {
            indexes[at] = index;
            isTextOld = true;
        }
    }

    /** Raises the floors to a token's; what it has of another incarnation than this node knows counts as none. */
    void raise(SessionToken token) {
        for (SessionToken.Seen seen : token.seen()) {
            for (GroupRoute route : routes) {
                if (route.name().equals(seen.group()) && isOfThisHistory(route, seen.incarnation())) {
                    raise(route, seen.incarnation(), seen.index());
                }
            }
        }
    }

    private boolean isOfThisHistory(GroupRoute route, long incarnation) {
        // A replica that knows of none yet cannot tell: then what the leader has answered says it.
        long own = route.replica().incarnation();
        long known = own == 0 ? incarnations[route.ordinal()] : own;
        return known == incarnation || known == 0 || incarnation == 0;
    }

    /** The session token. */
    String text() {
        if (isTextOld) {
            isTextOld = false;
            text = tokens.write(token());
        }
        return text;
    }

    private SessionToken token() {
        List<SessionToken.Seen> seen = new ArrayList<>();
        for (GroupRoute route : routes) {
            if (index(route) > 0) {
                seen.add(new SessionToken.Seen(route.name(), incarnation(route), index(route)));
            }
        }
        return new SessionToken(seen);
    }

    void clear() {
        isTextOld = true;
        Arrays.fill(indexes, 0);
        Arrays.fill(incarnations, 0);
    }
}
