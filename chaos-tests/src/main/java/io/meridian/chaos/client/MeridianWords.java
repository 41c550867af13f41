// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.client;

import io.meridian.chaos.check.ReplicaDigest;
import io.meridian.chaos.history.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import redis.clients.jedis.exceptions.JedisDataException;

/** Meridian's own commands: levels, session tokens, digests, and what INFO says of replicas. */
public final class MeridianWords {
    private MeridianWords() {}

    /** Sets the level of this connection's reads. */
    public static void level(RespConnection connection, Level level) {
        connection.require("MERIDIAN", "CONSISTENCY", level.name().toLowerCase(Locale.ROOT));
    }

    /** The session token of this connection. */
    public static String token(RespConnection connection) {
        return connection.require("MERIDIAN", "TOKEN").toString();
    }

    /**
     * Raises this connection's session to the token; waits up to the patience until this node is as far.
     *
     * <p>False where it is not: the session has the token all the same.
     */
    public static boolean sync(RespConnection connection, String token, Duration patience) {
        try {
            connection.require("MERIDIAN", "SYNC", token, Long.toString(patience.toMillis()));
            return true;
        } catch (JedisDataException e) {
            if (String.valueOf(e.getMessage()).startsWith("ERR not fresh")) {
                return false;
            }
            throw e;
        }
    }

    /** The index of the state that the last read of this connection was shown. */
    public static long lastIndex(RespConnection connection) {
        if (connection.require("MERIDIAN", "LAST") instanceof List<?> pairs) {
            int at = pairs.indexOf("index");
            if (at >= 0 && at + 1 < pairs.size()) {
                return Long.parseLong(pairs.get(at + 1).toString());
            }
        }
        throw new IllegalStateException("MERIDIAN LAST tells no index");
    }

    /** The replicas on this node. */
    public static List<ReplicaView> replicas(RespConnection connection) {
        return ReplicaView.parse(connection.require("INFO", "meridian").toString());
    }

    /** The digests of the replicas on this node. */
    public static List<ReplicaDigest> digests(RespConnection connection, String node) {
        List<ReplicaDigest> digests = new ArrayList<>();
        if (connection.require("MERIDIAN", "DIGEST") instanceof List<?> groups) {
            for (Object group : groups) {
                if (group instanceof List<?> fields && fields.size() >= 3) {
                    digests.add(new ReplicaDigest(
                            node,
                            fields.get(0).toString(),
                            Long.parseLong(fields.get(1).toString()),
                            fields.get(2).toString()));
                } else {
                    throw new IllegalStateException("not a digest: " + group);
                }
            }
        }
        return digests;
    }
}
