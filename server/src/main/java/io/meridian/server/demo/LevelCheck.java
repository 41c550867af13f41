// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.demo;

import java.io.IOException;
import java.util.List;

/**
 * Reads of each level in one remote region, right after writes at home. For one thread.
 *
 * <p>A linearizable read takes a way between regions, in which a replica catches up: what a session is shown behind one
 * proves nothing. So sessions read first in every second round, and are given tokens without waiting for the replica: the
 * read itself must wait, or go home.
 */
final class LevelCheck {
    /** Eventual, linearizable, three of sessions. */
    static final int READS_PER_ROUND = 5;

    /** Those of the writer, and those of a session that goes from node to node. */
    static final int TOKENS_PER_ROUND = 2;

    private static final String NOT_FRESH = "ERR not fresh";

    private final DemoCluster cluster;
    private final String home;
    private final String region;
    private final Promises promises;
    private final Interruption interruption;
    private final String key;
    private int olderReads;
    private int tokensAhead;

    /** Where a promise that does not hold is told; the words are those of {@link String#format}. */
    @FunctionalInterface
    interface Promises {
        void require(boolean holds, String promise, Object... seen);
    }

    /** Throws where the check is to end. */
    @FunctionalInterface
    interface Interruption {
        void look() throws IOException;
    }

    LevelCheck(DemoCluster cluster, String region, Promises promises, Interruption interruption) {
        this.cluster = cluster;
        this.home = cluster.settings().regions().getFirst();
        this.region = region;
        this.promises = promises;
        this.interruption = interruption;
        this.key = "check:level:" + region;
    }

    /** How many eventual reads did not show the newest. */
    int olderReads() {
        return olderReads;
    }

    /** How many tokens covered more than the replica had, to which they were brought. */
    int tokensAhead() {
        return tokensAhead;
    }

    void run(int rounds) throws IOException {
        DemoCluster.Member there = cluster.in(region).getFirst();
        try (DemoClient writer = new DemoClient(cluster.in(home).getFirst().resp());
                DemoClient eventual = at(there, "eventual");
                DemoClient session = at(there, "session");
                DemoClient linearizable = at(there, "linearizable")) {
            writer.call("SET", key, "0");
            eventual.call("MERIDIAN", "SYNC", writer.call("MERIDIAN", "TOKEN"));
            for (int round = 1; round <= rounds; round++) {
                interruption.look();
                writer.call("SET", key, Integer.toString(round));
                String token = writer.call("MERIDIAN", "TOKEN");
                eventual(eventual, round);
                if (round % 2 == 0) {
                    session(session, token, round);
                    linearizable(linearizable, round);
                } else {
                    linearizable(linearizable, round);
                    session(session, token, round);
                }
                own(session, round);
                moving(writer, round);
            }
        }
    }

    private static DemoClient at(DemoCluster.Member member, String level) throws IOException {
        DemoClient client = new DemoClient(member.resp());
        client.call("MERIDIAN", "CONSISTENCY", level);
        return client;
    }

    private void eventual(DemoClient client, int round) throws IOException {
        String seen = client.call("GET", key);
        olderReads += seen.equals(Integer.toString(round)) ? 0 : 1;
        promises.require(isBetween(seen, 0, round), "eventual read in %s shows %s, never written", region, seen);
    }

    private void linearizable(DemoClient client, int round) throws IOException {
        String seen = client.call("GET", key);
        promises.require(isBetween(seen, round, round), "linearizable read shows %s, not %s", seen, round);
    }

    private void session(DemoClient client, String token, int round) throws IOException {
        tokensAhead += isAhead(client, token) ? 1 : 0;
        String seen = client.call("GET", key);
        promises.require(isBetween(seen, round, round), "session read shows %s, not %s", seen, round);
    }

    private void own(DemoClient client, int round) throws IOException {
        String written = region + round;
        client.call("SET", key + ":own", written);
        String seen = client.call("GET", key + ":own");
        promises.require(seen.equals(written), "a session in %s reads %s after writing %s", region, seen, written);
    }

    /** A session that has read at home goes on here, on another node each time: it must not be shown less. */
    private void moving(DemoClient writer, int round) throws IOException {
        String moved = key + ":moved";
        writer.call("SET", moved, Integer.toString(round));
        String token;
        try (DemoClient reader = at(cluster.in(home).getLast(), "session")) {
            var _ = isAhead(reader, writer.call("MERIDIAN", "TOKEN"));
            String seen = reader.call("GET", moved);
            promises.require(isBetween(seen, round, round), "session read at home shows %s, not %s", seen, round);
            token = reader.call("MERIDIAN", "TOKEN");
        }
        List<DemoCluster.Member> nodes = cluster.in(region);
        try (DemoClient reader = at(nodes.get(round % nodes.size()), "session")) {
            tokensAhead += isAhead(reader, token) ? 1 : 0;
            String seen = reader.call("GET", moved);
            promises.require(
                    isBetween(seen, round, round), "a session is shown %s in %s after %s at home", seen, region, round);
        }
    }

    /** Gives the session the token, which it keeps also where the replica is not as far within a millisecond. */
    private static boolean isAhead(DemoClient client, String token) throws IOException {
        try {
            client.call("MERIDIAN", "SYNC", token, "1");
            return false;
        } catch (DemoClient.ErrorReply notFresh) {
            if (!String.valueOf(notFresh.getMessage()).startsWith(NOT_FRESH)) {
                throw notFresh;
            }
            return true;
        }
    }

    private static boolean isBetween(String seen, int least, int most) {
        return seen.matches("[0-9]{1,9}") && Integer.parseInt(seen) >= least && Integer.parseInt(seen) <= most;
    }
}
