// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import java.util.List;

/** The commands of Redis 7.4 that Meridian does not have; a client that sends one is told that it is unknown. */
public final class Unsupported {
    /** All of them, in groups by reason. */
    public static final List<Group> GROUPS = List.of(
            later(
                    "sets come in a later version",
                    "SADD SCARD SDIFF SDIFFSTORE SINTER SINTERCARD SINTERSTORE SISMEMBER SMEMBERS SMISMEMBER SMOVE"
                            + " SPOP SRANDMEMBER SREM SSCAN SUNION SUNIONSTORE"),
            later(
                    "sorted sets come in a later version",
                    "ZADD ZCARD ZCOUNT ZDIFF ZDIFFSTORE ZINCRBY ZINTER ZINTERCARD ZINTERSTORE ZLEXCOUNT ZMPOP ZMSCORE"
                        + " ZPOPMAX ZPOPMIN ZRANDMEMBER ZRANGE ZRANGEBYLEX ZRANGEBYSCORE ZRANGESTORE ZRANK ZREM"
                        + " ZREMRANGEBYLEX ZREMRANGEBYRANK ZREMRANGEBYSCORE ZREVRANGE ZREVRANGEBYLEX ZREVRANGEBYSCORE"
                        + " ZREVRANK ZSCAN ZSCORE ZUNION ZUNIONSTORE"),
            later(
                    "streams come in a later version",
                    "XACK XADD XAUTOCLAIM XCLAIM XDEL XGROUP XGROUP|CREATE XGROUP|CREATECONSUMER XGROUP|DELCONSUMER "
                            + "XGROUP|DESTROY XGROUP|HELP XGROUP|SETID XINFO XINFO|CONSUMERS XINFO|GROUPS XINFO|HELP "
                            + "XINFO|STREAM XLEN XPENDING XRANGE XREAD XREADGROUP XREVRANGE XSETID XTRIM"),
            later(
                    "bitmaps, HyperLogLogs and geospatial indexes come in a later version",
                    "BITCOUNT BITFIELD BITFIELD_RO BITOP BITPOS GETBIT SETBIT PFADD PFCOUNT PFMERGE GEOADD GEODIST "
                            + "GEOHASH GEOPOS GEORADIUS GEORADIUS_RO GEORADIUSBYMEMBER GEORADIUSBYMEMBER_RO GEOSEARCH "
                            + "GEOSEARCHSTORE"),
            later(
                    "fields of a hash that end come in a later version",
                    "HEXPIRE HEXPIREAT HEXPIRETIME HPERSIST HPEXPIRE HPEXPIREAT HPEXPIRETIME HPTTL HTTL"),
            later(
                    "commands that wait for an element come in a later version",
                    "BLMOVE BLMPOP BLPOP BRPOP BRPOPLPUSH BZMPOP BZPOPMAX BZPOPMIN CLIENT|UNBLOCK"),
            later(
                    "pub/sub comes in a later version",
                    "PSUBSCRIBE PUBLISH PUBSUB PUBSUB|CHANNELS PUBSUB|HELP PUBSUB|NUMPAT PUBSUB|NUMSUB "
                            + "PUBSUB|SHARDCHANNELS PUBSUB|SHARDNUMSUB PUNSUBSCRIBE SPUBLISH SSUBSCRIBE SUBSCRIBE "
                            + "SUNSUBSCRIBE UNSUBSCRIBE"),
            later(
                    "scripts and functions come in a later version",
                    "EVAL EVAL_RO EVALSHA EVALSHA_RO FCALL FCALL_RO FUNCTION FUNCTION|DELETE FUNCTION|DUMP "
                            + "FUNCTION|FLUSH FUNCTION|HELP FUNCTION|KILL FUNCTION|LIST FUNCTION|LOAD FUNCTION|RESTORE "
                            + "FUNCTION|STATS SCRIPT SCRIPT|DEBUG SCRIPT|EXISTS SCRIPT|FLUSH SCRIPT|HELP SCRIPT|KILL "
                            + "SCRIPT|LOAD"),
            later(
                    "users and their permissions by command come in a later version; until then they are configured",
                    "ACL ACL|CAT ACL|DELUSER ACL|DRYRUN ACL|GENPASS ACL|GETUSER ACL|HELP ACL|LIST ACL|LOAD ACL|LOG "
                            + "ACL|SAVE ACL|SETUSER ACL|USERS ACL|WHOAMI"),
            later(
                    "invalidation of clients' caches comes in a later version",
                    "CLIENT|CACHING CLIENT|GETREDIR CLIENT|TRACKING CLIENT|TRACKINGINFO"),
            later("sorting and moving values as bytes come in a later version", "DUMP RESTORE SORT SORT_RO"),
            later(
                    "the log of slow commands and the watch on latency come in a later version; see /metrics",
                    "LATENCY LATENCY|DOCTOR LATENCY|GRAPH LATENCY|HELP LATENCY|HISTOGRAM LATENCY|HISTORY"
                            + " LATENCY|LATEST LATENCY|RESET MONITOR SLOWLOG SLOWLOG|GET SLOWLOG|HELP SLOWLOG|LEN"
                            + " SLOWLOG|RESET"),
            never(
                    "replication is Meridian's own",
                    "FAILOVER PSYNC REPLCONF REPLICAOF SLAVEOF SYNC RESTORE-ASKING WAITAOF"),
            never(
                    "every node answers for every key, so no client needs a map of slots",
                    "ASKING CLUSTER CLUSTER|ADDSLOTS CLUSTER|ADDSLOTSRANGE CLUSTER|BUMPEPOCH"
                        + " CLUSTER|COUNT-FAILURE-REPORTS CLUSTER|COUNTKEYSINSLOT CLUSTER|DELSLOTS"
                        + " CLUSTER|DELSLOTSRANGE CLUSTER|FAILOVER CLUSTER|FLUSHSLOTS CLUSTER|FORGET"
                        + " CLUSTER|GETKEYSINSLOT CLUSTER|HELP CLUSTER|INFO CLUSTER|KEYSLOT CLUSTER|LINKS CLUSTER|MEET"
                        + " CLUSTER|MYID CLUSTER|MYSHARDID CLUSTER|NODES CLUSTER|REPLICAS CLUSTER|REPLICATE"
                        + " CLUSTER|RESET CLUSTER|SAVECONFIG CLUSTER|SET-CONFIG-EPOCH CLUSTER|SETSLOT CLUSTER|SHARDS"
                        + " CLUSTER|SLAVES CLUSTER|SLOTS MIGRATE READONLY READWRITE"),
            never(
                    "every write is on disk on a quorum before it is acknowledged, and snapshots are taken by"
                            + " themselves",
                    "BGREWRITEAOF BGSAVE LASTSAVE SAVE"),
            never("a node is configured and stopped by its operator, not by a client", "CONFIG|REWRITE SHUTDOWN"),
            never(
                    "one client may not halt a node for the others",
                    "CLIENT|PAUSE CLIENT|UNPAUSE DEBUG PFDEBUG PFSELFTEST"),
            never(
                    "modules are native code for Redis",
                    "MODULE MODULE|HELP MODULE|LIST MODULE|LOAD MODULE|LOADEX MODULE|UNLOAD"),
            never("memory is the JVM's; see /metrics", "MEMORY|DOCTOR MEMORY|MALLOC-STATS MEMORY|PURGE MEMORY|STATS"),
            never("it draws Redis' version, which this is not", "LOLWUT"));

    private Unsupported() {}

    /**
     * Commands that are missing for one reason.
     *
     * @param planned whether a later version will have them
     * @param names as in the table, in upper case with a bar before a subcommand
     */
    public record Group(boolean planned, String reason, List<String> names) {}

    private static Group later(String reason, String names) {
        return new Group(true, reason, List.of(names.split(" ")));
    }

    private static Group never(String reason, String names) {
        return new Group(false, reason, List.of(names.split(" ")));
    }
}
