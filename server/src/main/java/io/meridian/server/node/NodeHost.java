// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.node;

import io.meridian.engine.Reply;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.command.Host;
import io.meridian.engine.command.Session;
import io.meridian.engine.keyspace.KeyspaceView;
import io.meridian.engine.value.StringValue;
import io.meridian.router.Access;
import io.meridian.router.Router;
import io.meridian.router.RouterSession;
import io.meridian.server.config.NodeConfig;
import io.meridian.store.Store;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What clients may ask this node about itself: INFO, CONFIG, CLIENT, MERIDIAN DIGEST. */
final class NodeHost implements Host {
    private static final Set<String> DEFAULT_WORDS = Set.of("default", "all", "everything");

    private final NodeConfig config;
    private final Store store;
    private final long startedNanos = System.nanoTime();
    private volatile @Nullable Router router;
    private volatile LongSupplier connected = () -> 0;
    private volatile LongSupplier accepted = () -> 0;
    // When INFO's counters were last set back: those that they are told from, and the metrics, only grow.
    private volatile Counted countedBefore = new Counted(0, 0, 0);

    private record Counted(long calls, long refusals, long connections) {
        Counted since(Counted before) {
            return new Counted(calls - before.calls, refusals - before.refusals, connections - before.connections);
        }
    }

    NodeHost(NodeConfig config, Store store) {
        this.config = config;
        this.store = store;
    }

    void serve(Router with) {
        router = with;
    }

    /**
     * Takes what tells of the connections of clients.
     *
     * @param now how many there are
     * @param sinceStart how many there have been
     */
    void connections(LongSupplier now, LongSupplier sinceStart) {
        connected = now;
        accepted = sinceStart;
    }

    @Override
    public long epochMicros() {
        Instant now = Instant.now();
        return TimeUnit.SECONDS.toMicros(now.getEpochSecond()) + now.getNano() / 1_000;
    }

    @Override
    public CommandTable commands() {
        return CommandTable.REDIS;
    }

    @Override
    public Map<String, List<String>> info(Session session, Set<String> sections) {
        Map<String, List<String>> all = new LinkedHashMap<>();
        all.put("Server", server());
        all.put(
                "Clients",
                List.of(
                        "connected_clients:" + connected.getAsLong(),
                        "maxclients:" + config.limits().connections(),
                        // No command waits for an element yet.
                        "blocked_clients:0"));
        all.put("Memory", memory());
        all.put("Persistence", List.of("loading:0", "aof_enabled:1", "rdb_bgsave_in_progress:0"));
        all.put("Stats", stats());
        // As ROLE and HELLO say: to a client every node is a master. Who leads what is told under Meridian.
        all.put("Replication", List.of("role:master", "connected_slaves:0"));
        all.put("Keyspace", keyspace(session));
        all.put("Meridian", groups());
        boolean everything = sections.isEmpty() || sections.stream().anyMatch(DEFAULT_WORDS::contains);
        if (!everything) {
            all.keySet().removeIf(name -> !sections.contains(name.toLowerCase(java.util.Locale.ROOT)));
        }
        return all;
    }

    private List<String> server() {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedNanos);
        return List.of(
                "redis_version:7.4.0",
                "meridian_version:" + Version.text(),
                "redis_mode:standalone",
                "os:" + System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                "process_id:" + ProcessHandle.current().pid(),
                "run_id:" + config.cluster() + "/" + config.node(),
                "tcp_port:" + config.listen().resp().port(),
                "uptime_in_seconds:" + seconds,
                "uptime_in_days:" + seconds / 86_400,
                "io_threads_active:0");
    }

    private static List<String> memory() {
        long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        return List.of("used_memory:" + used, "maxmemory:0", "maxmemory_policy:noeviction");
    }

    private List<String> stats() {
        Counted since = counted().since(countedBefore);
        return List.of(
                "total_connections_received:" + since.connections(),
                "total_commands_processed:" + since.calls(),
                "rejected_commands:" + since.refusals());
    }

    private Counted counted() {
        Router with = router;
        long calls = 0;
        if (with != null) {
            for (int id = 0; id < commands().commands().size(); id++) {
                calls += with.calls(id);
            }
        }
        return new Counted(calls, with == null ? 0 : with.refusals(), accepted.getAsLong());
    }

    /** Of the session's own database, as its replica on this node shows it. */
    private List<String> keyspace(Session session) {
        Optional<Access> access = session instanceof RouterSession router ? router.access() : Optional.empty();
        List<String> lines = new ArrayList<>();
        access.ifPresent(own -> store.replica(own.group())
                .ifPresent(replica -> replica.read(own.databaseId(), 0, view -> {
                    for (int number = 0; number < RouterSession.NUMBERS; number++) {
                        KeyspaceView keys = view.numbered(number);
                        if (keys.size() > 0) {
                            lines.add("db" + number + ":keys=" + keys.size() + ",expires=" + keys.expiringSize()
                                    + ",avg_ttl=0");
                        }
                    }
                    return Reply.OK;
                })));
        return lines;
    }

    private List<String> groups() {
        List<String> lines = new ArrayList<>();
        lines.add("cluster:" + config.cluster());
        lines.add("region:" + config.region());
        lines.add("node:" + config.node());
        for (io.meridian.store.Replica replica : sorted()) {
            String role = replica.isLeader()
                    ? "leader"
                    : replica.membership().voters().contains(config.node().name()) ? "follower" : "learner";
            // As Redis writes its own lines of several values (db0, slave0), so that client libraries can parse it.
            lines.add("group" + (lines.size() - 3) + ":name=" + replica.group() + ",role=" + role + ",applied="
                    + replica.appliedIndex() + ",commit="
                    + replica.commitIndex() + ",leader=" + replica.leader().orElse("")
                    + ",staleness_ms="
                    + (replica.stalenessMillis() == Long.MAX_VALUE ? -1 : replica.stalenessMillis()));
        }
        return lines;
    }

    private List<io.meridian.store.Replica> sorted() {
        return store.replicas().stream()
                .sorted(Comparator.comparing(io.meridian.store.Replica::group))
                .toList();
    }

    @Override
    public Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>();
        settings.put("appendfsync", "always");
        settings.put("appendonly", "yes");
        settings.put("bind", config.listen().resp().host());
        settings.put("databases", String.valueOf(RouterSession.NUMBERS));
        settings.put("maxclients", String.valueOf(config.limits().connections()));
        settings.put("maxmemory", "0");
        settings.put("maxmemory-policy", "noeviction");
        settings.put("port", String.valueOf(config.listen().resp().port()));
        settings.put(
                "proto-max-bulk-len", String.valueOf(Math.min(config.limits().requestBytes(), StringValue.BYTES_MAX)));
        settings.put("save", "");
        settings.put("timeout", "0");
        return settings;
    }

    @Override
    public Reply configure(Map<String, String> changes) {
        for (Map.Entry<String, String> change : changes.entrySet()) {
            if (!change.getValue().equals(settings().get(change.getKey()))) {
                return new Reply.Failure("ERR CONFIG SET failed (possibly related to argument '" + change.getKey()
                        + "') - can't set immutable config: the settings of a running node do not change");
            }
        }
        return Reply.OK;
    }

    @Override
    public void resetCounters() {
        countedBefore = counted();
    }

    @Override
    public Collection<? extends Session> sessions(Session asking) {
        Router with = router;
        return with == null ? List.of() : with.sessionsBeside(asking);
    }

    @Override
    public Optional<? extends Session> session(Session asking, long id) {
        Router with = router;
        return with == null ? Optional.empty() : with.sessionBeside(asking, id);
    }

    @Override
    public boolean kill(Session asking, long id) {
        Router with = router;
        Optional<RouterSession> session = with == null ? Optional.empty() : with.sessionBeside(asking, id);
        session.ifPresent(RouterSession::kill);
        return session.isPresent();
    }

    @Override
    public Reply digests() {
        List<Reply> groups = new ArrayList<>();
        for (io.meridian.store.Replica replica : sorted()) {
            io.meridian.store.Replica.Digest digest = replica.digest();
            groups.add(new Reply.Array(List.of(
                    Reply.Bulk.of(replica.group()),
                    new Reply.Int(digest.index()),
                    Reply.Bulk.of(digest.value().toString()))));
        }
        return new Reply.Array(groups);
    }
}
