// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.config;

import io.meridian.router.topology.AccessToken;
import io.meridian.router.topology.Consistency;
import io.meridian.router.topology.Database;
import io.meridian.router.topology.HostPort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** All settings there are, one row each; docs/configuration.md is made from it. */
final class Settings {
    private static final String COMMAND_BYTES_MAX = (Limits.COMMAND_BYTES_MAX >> 20) + "MiB";

    static final Setting<String> CLUSTER =
            required("cluster", Type.NAME, "The cluster's name. Nodes of different clusters refuse each other.");
    static final Setting<String> NODE =
            required("node", Type.NAME, "Which of the nodes under `regions` this process is.");
    static final Setting<Path> DATA = required(
            "data",
            Type.PATH,
            "The folder for everything that is kept. It belongs to one node of one cluster for good. A relative path"
                    + " counts from the folder in which the node is started.");
    static final Setting<AccessToken> PEER_SECRET = optional(
            "peer-secret",
            Type.TOKEN,
            "A word that all nodes of the cluster know; who does not say it is refused at the peer port. Without TLS it"
                    + " crosses the network readably. Absent: whoever reaches that port may pose as a node.");

    static final Setting<HostPort> LISTEN_RESP = row(
            "listen.resp", Type.LISTEN_ADDRESS, "0.0.0.0:6379", "Where Redis clients connect. Port 0: any free one.");
    static final Setting<HostPort> LISTEN_REST = row(
            "listen.rest", Type.LISTEN_ADDRESS, "0.0.0.0:8080", "Where HTTP clients connect. Port 0: any free one.");
    static final Setting<HostPort> LISTEN_PEER = optional(
            "listen.peer",
            Type.LISTEN_ADDRESS,
            "Where other nodes connect. Absent: all interfaces, at the port that this node has under `regions`.");
    static final Setting<HostPort> LISTEN_ADMIN = row(
            "listen.admin",
            Type.LISTEN_ADDRESS,
            "127.0.0.1:9400",
            "Where `/livez`, `/readyz` and `/metrics` are. It asks for no token: keep it private. Port 0: any free"
                    + " one.");

    static final Setting<HostPort> REGION_NODE = optional(
            "regions.<region>.nodes.<node>",
            Type.PEER_ADDRESS,
            "A node of a region, and the address at which other nodes reach it. The nodes of a region are the voters"
                    + " of the group that is at home there, so an odd number of them is best.");

    static final Setting<String> REGION_LEADER = optional(
            "regions.<region>.leader",
            Type.NAME,
            "The node of the region that is to lead its group when it can: another that leads gives leadership to it"
                    + " once it has kept up for a while. Absent: whoever is elected.");

    static final Setting<Integer> DATABASE_ID = optional(
            "databases.<database>.id",
            Type.count(0, Database.ID_MAX),
            "The number that stands for the database in logs and snapshots, the same on all nodes for good. Absent: its"
                    + " position under `databases`, from 0; then add new databases at the end only.");
    static final Setting<String> DATABASE_HOME = required(
            "databases.<database>.home",
            Type.NAME,
            "The home region: its nodes accept the writes, all other regions read a copy.");
    static final Setting<Consistency> DATABASE_RESP = row(
            "databases.<database>.consistency.resp",
            Type.LEVEL,
            "session",
            "The level of reads by Redis clients that choose none.");
    static final Setting<Consistency> DATABASE_REST = row(
            "databases.<database>.consistency.rest",
            Type.LEVEL,
            "eventual",
            "The level of reads by HTTP clients that choose none and send no session token.");
    static final Setting<AccessToken> USER_TOKEN = optional(
            "databases.<database>.users.<user>.token",
            Type.TOKEN,
            "The user's access token: the password over RESP, the bearer token over HTTP. Over RESP, `AUTH <token>`"
                    + " means a user named `default`, in the database that the token is of; any other user gives its"
                    + " name, too: `AUTH <user> <token>`. A user has exactly one of `token`, `token-sha256` and"
                    + " `token-file`.");
    static final Setting<AccessToken> USER_TOKEN_SHA256 = optional(
            "databases.<database>.users.<user>.token-sha256",
            Type.TOKEN_SHA256,
            "The SHA-256 of the access token, so that the file holds no secret: `printf %s TOKEN | sha256sum`.");
    static final Setting<Path> USER_TOKEN_FILE = optional(
            "databases.<database>.users.<user>.token-file",
            Type.PATH,
            "A file that holds the access token in one line. A relative path counts from this file's folder.");
    static final Setting<Boolean> USER_READ_ONLY = row(
            "databases.<database>.users.<user>.read-only", Type.BOOLEAN, "false", "Whether the user may only read.");
    static final Setting<Consistency> USER_CONSISTENCY = optional(
            "databases.<database>.users.<user>.consistency",
            Type.LEVEL,
            "The level of this user's reads, instead of the database's two.");
    static final Setting<String> ANONYMOUS_DATABASE = optional(
            "anonymous-database",
            Type.NAME,
            "Redis clients that do not authenticate may do everything in this database. For trusted networks only.");

    static final Setting<Long> REQUEST_BYTES = row(
            "limits.request-bytes",
            Type.bytes("1KiB", COMMAND_BYTES_MAX),
            "10MiB",
            "The longest command, all its arguments together; none of them may be longer than 64MiB.");
    static final Setting<Long> REPLY_BYTES = row(
            "limits.reply-bytes",
            Type.bytes("1KiB", COMMAND_BYTES_MAX),
            "10MiB",
            "The longest reply to one command, and of a leader on another node to this one; a longer one becomes an"
                    + " error.");
    static final Setting<Long> HTTP_BODY_BYTES = row(
            "limits.http-body-bytes",
            Type.bytes("1KiB", "512MiB"),
            "64MiB",
            "The longest body of an HTTP request, the longest sum of the replies to one, and, up to "
                    + COMMAND_BYTES_MAX + ", the longest transaction.");
    static final Setting<Long> HTTP_HEADER_BYTES = row(
            "limits.http-header-bytes",
            Type.bytes("1KiB", "32KiB"),
            "16KiB",
            "The longest sum of all headers of an HTTP request, over HTTP/2 with its path; the request line of HTTP/1.1"
                    + " may have 32KiB.");
    static final Setting<Integer> PIPELINE_COMMANDS = row(
            "limits.pipeline-commands",
            Type.count(1, 1_000_000),
            "10000",
            "How many commands an HTTP pipeline or a transaction may have, how many keys a transaction may watch, and"
                    + " how many commands of one Redis connection may be unanswered before no more is read from it.");
    static final Setting<Long> KEY_BYTES =
            row("limits.key-bytes", Type.bytes("64B", "1MiB"), "32KiB", "The longest key.");
    static final Setting<Integer> CONNECTIONS = row(
            "limits.connections",
            Type.count(1, 1_000_000),
            "10000",
            "How many clients may be connected, for RESP and HTTP each; more are turned away.");
    static final Setting<Long> OUTPUT_BYTES = row(
            "limits.output-bytes-per-connection",
            Type.bytes("64KiB", "4GiB"),
            "64MiB",
            "How many bytes of replies may wait for a Redis client that does not read; with more, it is disconnected"
                + " when it takes none for 10 s. From 1 MiB on none of its commands is taken until it reads, so that"
                + " only replies to those taken before come to more. With 1MiB or less, whoever is stopped so and"
                + " takes none for 10 s is disconnected.");

    static final Setting<Duration> REQUEST_TIMEOUT = row(
            "timeouts.request",
            Type.duration("10ms", "10m"),
            "10s",
            "How long a request may take, waiting for a leader included, before it fails.");
    static final Setting<Duration> HTTP_HEADER_TIMEOUT = row(
            "timeouts.http-header",
            Type.duration("100ms", "10m"),
            "10s",
            "How long a client may take to send the head of an HTTP request.");
    static final Setting<Duration> IDLE_HTTP = row(
            "timeouts.idle-http",
            Type.duration("1s", "1d"),
            "120s",
            "How long an HTTP connection may be idle before it is closed.");
    static final Setting<Duration> SHUTDOWN = row(
            "timeouts.shutdown",
            Type.duration("0s", "10m"),
            "20s",
            "How long a stopping node waits for requests under way and for leadership to move.");
    static final Setting<Duration> SESSION_PATIENCE = row(
            "timeouts.session-patience",
            Type.duration("0ms", "10s"),
            "50ms",
            "How long a session read waits for this node to catch up before it goes to the home region.");

    static final Setting<Duration> ELECTION = row(
            "raft.election",
            Type.duration("300ms", "60s"),
            "1500ms",
            "How long voters hear nothing from a leader before they elect another. Ten times a round trip inside the"
                    + " region, or more.");
    static final Setting<Duration> SNAPSHOT_INTERVAL = row(
            "raft.snapshot-interval", Type.duration("1s", "7d"), "30m", "How often a group is saved as a snapshot.");
    static final Setting<Long> SNAPSHOT_LOG_BYTES = row(
            "raft.snapshot-log-bytes",
            Type.bytes("1MiB", "1TiB"),
            "256MiB",
            "After how many bytes of log a snapshot is taken before its time.");

    static final Setting<Integer> EVENT_LOOPS = row(
            "threads.event-loops",
            Type.count(0, 1_024),
            "0",
            "How many threads serve connections; 0: as many as there are cores.");
    static final Setting<LogLevel> LOG_LEVEL =
            row("logging.level", Type.oneOf(LogLevel.class), "info", "From which severity on something is logged.");
    static final Setting<LogFormat> LOG_FORMAT =
            row("logging.format", Type.oneOf(LogFormat.class), "text", "Lines for people, or one JSON object a line.");

    /** Every row, in the order of the documentation. */
    static final List<Setting<?>> ALL = List.of(
            CLUSTER,
            NODE,
            DATA,
            PEER_SECRET,
            LISTEN_RESP,
            LISTEN_REST,
            LISTEN_PEER,
            LISTEN_ADMIN,
            REGION_NODE,
            REGION_LEADER,
            DATABASE_ID,
            DATABASE_HOME,
            DATABASE_RESP,
            DATABASE_REST,
            USER_TOKEN,
            USER_TOKEN_SHA256,
            USER_TOKEN_FILE,
            USER_READ_ONLY,
            USER_CONSISTENCY,
            ANONYMOUS_DATABASE,
            REQUEST_BYTES,
            REPLY_BYTES,
            HTTP_BODY_BYTES,
            HTTP_HEADER_BYTES,
            PIPELINE_COMMANDS,
            KEY_BYTES,
            CONNECTIONS,
            OUTPUT_BYTES,
            REQUEST_TIMEOUT,
            HTTP_HEADER_TIMEOUT,
            IDLE_HTTP,
            SHUTDOWN,
            SESSION_PATIENCE,
            ELECTION,
            SNAPSHOT_INTERVAL,
            SNAPSHOT_LOG_BYTES,
            EVENT_LOOPS,
            LOG_LEVEL,
            LOG_FORMAT);

    private Settings() {}

    private static <T> Setting<T> required(String name, Type<T> type, String doc) {
        return new Setting<>(name, type, Optional.empty(), true, doc);
    }

    private static <T> Setting<T> optional(String name, Type<T> type, String doc) {
        return new Setting<>(name, type, Optional.empty(), false, doc);
    }

    private static <T> Setting<T> row(String name, Type<T> type, String fallback, String doc) {
        return new Setting<>(name, type, Optional.of(fallback), false, doc);
    }
}
