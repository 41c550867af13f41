// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import io.meridian.engine.Args;
import io.meridian.engine.CommandException;
import io.meridian.engine.command.Command;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.command.Host;
import io.meridian.engine.command.Session;
import io.meridian.engine.command.Spec;
import io.meridian.engine.value.StringValue;
import io.meridian.router.token.SessionTokens;
import io.meridian.router.topology.Consistency;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** Where the requests of this node's frontends find the groups: one per node. Safe for any thread. */
public final class Router {
    private final Settings settings;
    private final Credentials credentials;
    private final Peers peers;
    private final Host host;
    private final SessionTokens tokens;
    /** How often it is looked whether all has been answered. */
    private static final long SETTLING_NANOS = 5_000_000;

    private final List<GroupRoute> routes;
    private final Map<String, GroupRoute> routesByName;
    private final ConcurrentMap<ScheduledExecutorService, Lane> lanes = new ConcurrentHashMap<>();
    private final LongSupplier nanoClock;
    private final LongSupplier origins;
    private final AtomicLong sessionIds = new AtomicLong();
    private final ConcurrentMap<Long, RouterSession> sessions = new ConcurrentHashMap<>();
    private final LongAdder[] calls;
    private final LongAdder refusals = new LongAdder();

    /**
     * How requests are treated on this node.
     *
     * @param self this node's name
     * @param region its region's name
     * @param requestTimeoutMillis how long a request is held while its group has no leader
     * @param patienceMillis how long a session's read waits for this node before it goes home
     * @param keyBytesMax longer keys are refused
     * @param queueCommandsMax how many commands a transaction may hold, and how many keys it may watch
     * @param queueBytesMax how many bytes they may hold
     */
    public record Settings(
            String self,
            String region,
            long requestTimeoutMillis,
            long patienceMillis,
            int keyBytesMax,
            int queueCommandsMax,
            int queueBytesMax) {}

    /** A group as the topology has it: home region, the nodes that vote, those that learn, and this node's replica of it. */
    public record Member(String homeRegion, List<String> voters, List<Learner> learners, Replica replica) {}

    /** A node of another region than home, that has a replica of a group. */
    public record Learner(String region, String node) {}

    public Router(
            Settings settings,
            List<Member> members,
            Credentials credentials,
            Peers peers,
            Host host,
            SessionTokens tokens) {
        this(settings, members, credentials, peers, host, tokens, System::nanoTime, new SecureRandom()::nextLong);
    }

    /**
     * @param nanoClock monotonic
     * @param origins unique over all nodes and restarts, as far as chance can make it: 64 random bits
     */
    Router(
            Settings settings,
            List<Member> members,
            Credentials credentials,
            Peers peers,
            Host host,
            SessionTokens tokens,
            LongSupplier nanoClock,
            LongSupplier origins) {
        this.nanoClock = nanoClock;
        this.origins = origins;
        this.settings = settings;
        this.credentials = credentials;
        this.peers = peers;
        this.host = host;
        this.tokens = tokens;
        List<GroupRoute> all = new java.util.ArrayList<>();
        for (Member member : members) {
            all.add(new GroupRoute(
                    all.size(), member.homeRegion(), member.replica(), member.voters(), member.learners()));
        }
        this.routes = List.copyOf(all);
        this.routesByName = new ConcurrentHashMap<>();
        this.calls = new LongAdder[host.commands().commands().size()];
        for (int i = 0; i < calls.length; i++) {
            calls[i] = new LongAdder();
        }
        for (GroupRoute route : routes) {
            routesByName.put(route.name(), route);
            route.replica().onLeaderChange(() -> {
                route.leaderChanged();
                for (Lane lane : lanes.values()) {
                    lane.run(() -> lane.leaderChanged(route));
                }
            });
        }
    }

    /** The lane of an event loop, always the same one; all its sessions are used on that loop's only thread. */
    public Lane lane(ScheduledExecutorService loop) {
        return lanes.computeIfAbsent(loop, known -> new Lane(this, known, nextOrigin()));
    }

    /**
     * Waits until every command taken from a client has been answered, or the time is over; for a node that takes no more.
     *
     * @return whether all have been answered
     */
    public boolean awaitSettled(long millis) throws InterruptedException {
        long deadline = System.nanoTime() + millis * 1_000_000;
        while (true) {
            AtomicLong underWay = new AtomicLong();
            CountDownLatch asked = new CountDownLatch(lanes.size());
            for (Lane lane : lanes.values()) {
                lane.run(() -> {
                    for (RouterSession session : sessions.values()) {
                        underWay.addAndGet(session.underWay(lane));
                    }
                    asked.countDown();
                });
            }
            boolean isTold = asked.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (isTold && underWay.get() == 0) {
                return true;
            }
            if (System.nanoTime() - deadline >= 0) {
                return false;
            }
            LockSupport.parkNanos(SETTLING_NANOS);
        }
    }

    private long nextOrigin() {
        long origin = origins.getAsLong();
        return origin == 0 ? 1 : origin;
    }

    public CommandTable commands() {
        return host.commands();
    }

    public Host host() {
        return host;
    }

    public Credentials credentials() {
        return credentials;
    }

    public String self() {
        return settings.self();
    }

    public String region() {
        return settings.region();
    }

    /** The open sessions of this node. */
    public Collection<RouterSession> sessions() {
        return sessions.values();
    }

    /** Those of them that use the same database as one does. */
    public List<RouterSession> sessionsBeside(Session one) {
        return one instanceof RouterSession own
                ? sessions.values().stream().filter(own::isBeside).toList()
                : List.of();
    }

    /** The one of {@link #sessionsBeside} with an id. */
    public Optional<RouterSession> sessionBeside(Session one, long id) {
        return one instanceof RouterSession own
                ? Optional.ofNullable(sessions.get(id)).filter(own::isBeside)
                : Optional.empty();
    }

    /** How often each command was run since the node started, by its spec's id. */
    public long calls(int specId) {
        return calls[specId].sum();
    }

    /** How many commands were refused before they ran, since the node started. */
    public long refusals() {
        return refusals.sum();
    }

    Peers peers() {
        return peers;
    }

    SessionTokens tokens() {
        return tokens;
    }

    List<GroupRoute> routes() {
        return routes;
    }

    GroupRoute route(String group) {
        GroupRoute route = routesByName.get(group);
        if (route == null) {
            throw new IllegalStateException("no group " + group + " in the topology");
        }
        return route;
    }

    List<Learner> learners(GroupRoute route) {
        return route.learners();
    }

    long nanos() {
        return nanoClock.getAsLong();
    }

    long requestTimeoutNanos() {
        return settings.requestTimeoutMillis() * 1_000_000;
    }

    long patienceMillis() {
        return settings.patienceMillis();
    }

    long nextSessionId() {
        return sessionIds.incrementAndGet();
    }

    void opened(RouterSession session) {
        sessions.put(session.id(), session);
    }

    void closed(RouterSession session) {
        sessions.remove(session.id());
    }

    void counted(Command command) {
        calls[command.spec().id()].increment();
    }

    void refused() {
        refusals.increment();
    }

    /** Refuses, with IllegalArgumentException, a level that this version cannot keep. */
    public Consistency checkLevel(Consistency level) {
        if (level.level() == Consistency.Level.BOUNDED) {
            throw new IllegalArgumentException(Consistency.NO_BOUNDED);
        }
        return level;
    }

    /** Refuses keys over the limit, in Upstash's words, and what is longer than any string may be, in Redis'. */
    void checkWords(Spec spec, Args args) {
        if (args.byteCount() > StringValue.BYTES_MAX) {
            for (int i = 0; i < args.count(); i++) {
                StringValue.checkLength(args.lengthAt(i));
            }
        }
        int max = settings.keyBytesMax();
        if (args.byteCount() > max) {
            spec.forEachKey(args, at -> {
                if (args.lengthAt(at) > max) {
                    throw new CommandException("ERR max key size exceeded. Limit: " + max + " bytes, Actual: "
                            + args.lengthAt(at) + " bytes");
                }
            });
        }
    }

    /** Refuses a transaction of more commands, or more watched keys, than allowed, or with too many bytes of both. */
    void checkQueue(int commands, int watches, long bytes) {
        int max = settings.queueCommandsMax();
        if (commands > max || watches > max || bytes > settings.queueBytesMax()) {
            throw new CommandException("ERR transaction too large. Limit: " + max + " commands, " + max
                    + " watched keys, " + settings.queueBytesMax() + " bytes");
        }
    }
}
