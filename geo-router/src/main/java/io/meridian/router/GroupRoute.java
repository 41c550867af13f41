// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import java.util.List;
import java.util.Optional;

/** A group as this node reaches it: by its own replica, or by the node that leads. Safe for any thread. */
final class GroupRoute {
    private final int ordinal;
    private final String home;
    private final Replica replica;
    private final List<String> voters;
    private final List<Router.Learner> learners;
    // What a node that was asked in vain said; used only while our own replica knows no leader, or one that denies it.
    private volatile String hint = "";
    private volatile String denies = "";
    private int next;

    GroupRoute(int ordinal, String home, Replica replica, List<String> voters, List<Router.Learner> learners) {
        this.ordinal = ordinal;
        this.home = home;
        this.replica = replica;
        this.voters = List.copyOf(voters);
        this.learners = List.copyOf(learners);
    }

    int ordinal() {
        return ordinal;
    }

    String name() {
        return replica.group();
    }

    String homeRegion() {
        return home;
    }

    Replica replica() {
        return replica;
    }

    List<Router.Learner> learners() {
        return learners;
    }

    /** The node to hand writes to, this one included; empty while none is known. */
    Optional<String> leader() {
        Optional<String> known = replica.leader();
        String other = hint;
        if (other.isEmpty() || (known.isPresent() && !known.get().equals(denies))) {
            return known;
        }
        return Optional.of(other);
    }

    /** A node that was asked says that another one leads: a replica far away may learn that late. */
    void redirected(String asked, String leader) {
        if (!asked.equals(leader)) {
            hint = leader;
            denies = asked;
        }
    }

    /** Our own replica has learnt something newer than what others said. */
    void leaderChanged() {
        denies = "";
    }

    /** Gives up a hint that proved wrong, and takes some voter to ask instead: it knows, or asking another one helps. */
    synchronized void askAnother(String self) {
        for (int tries = 0; tries < voters.size(); tries++) {
            String voter = voters.get(next++ % voters.size());
            if (!voter.equals(self)) {
                hint = voter;
                return;
            }
        }
        hint = "";
    }
}
