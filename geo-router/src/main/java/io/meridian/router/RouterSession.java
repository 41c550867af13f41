// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.CommandException;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command;
import io.meridian.engine.command.Command.Query;
import io.meridian.engine.command.Flag;
import io.meridian.engine.command.Host;
import io.meridian.engine.command.Session;
import io.meridian.engine.entry.Transaction;
import io.meridian.router.token.SessionToken;
import io.meridian.router.topology.Consistency;
import io.meridian.router.topology.Consistency.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One client's requests, in order: finds for each command where it runs, and keeps what the session was promised.
 *
 * <p>Everything happens on the lane's thread. Commands are taken one at a time by {@link #execute}; their replies come in
 * any order, each to its own sink.
 */
public final class RouterSession implements Session {
    // These neither see nor change what commands before them do, so they need not wait for those.
    private static final Set<String> UNORDERED = Set.of(
            "PING",
            "ECHO",
            "SELECT",
            "MULTI",
            "DISCARD",
            "CLIENT|SETINFO",
            "CLIENT|SETNAME",
            "COMMAND",
            "COMMAND|DOCS");

    /** As many reads of one session wait for a replica or another node at a time; beyond them its next command does. */
    private static final int READS_MAX = 1024;

    /** How many numbered databases a database has (CONFIG GET databases). */
    public static final int NUMBERS = 16;

    private final Router router;
    private final Lane lane;
    private final Frontend frontend;
    private final Connection connection;
    private final long id;
    private final long openedNanos = System.nanoTime();
    private final Floors floors;
    private @Nullable Access access;
    private @Nullable GroupRoute route;
    private Consistency level;
    private int selected;
    private int protocol = 2;
    private String name = "";
    private String libraryName = "";
    private String libraryVersion = "";
    private final Transactions transactions;
    private String lastCommand = "";
    private long lastNanos = openedNanos;
    // What a group still owes us: commands in an outbox, and reads that wait or are under way elsewhere.
    private int unacknowledged;
    private int reading;
    private boolean stalled;
    private final LastRead last = new LastRead();
    // The session token as text, as long as the floors are what they were then.
    private String token = "";
    private long tokenChanges = -1;

    RouterSession(Router router, Lane lane, Frontend frontend, Connection connection) {
        this.router = router;
        this.lane = lane;
        this.frontend = frontend;
        this.connection = connection;
        this.id = router.nextSessionId();
        this.floors = new Floors(router.routes().size());
        this.level = Consistency.SESSION;
        this.transactions = new Transactions(this, lane);
        admit(router.credentials().anonymous());
        router.opened(this);
    }

    /** The connection is gone: what is under way goes on, its replies go nowhere. */
    public void close() {
        router.closed(this);
    }

    // ---------------------------------------------------------------- commands

    /**
     * Takes one command.
     *
     * @param args valid until this returns
     * @return false when it was not taken: nothing happened, and it is to be offered again after {@link Connection#resume}
     */
    public boolean execute(Args args, ReplySink sink) {
        if (transactions.isSettling()) {
            return stall();
        }
        try {
            Command command = router.commands().require(args);
            String commandName = command.spec().name();
            check(command);
            if (transactions.isOpen() && !Transactions.controls(commandName)) {
                return queue(command, args, sink);
            }
            boolean taken =
                    switch (command) {
                        case Command.Local local -> exchange(local, commandName, args, sink);
                        case Command.Read read -> read(read, args, sink);
                        case Command.Write write -> write(write, args, sink);
                    };
            if (taken) {
                lastCommand = commandName;
                router.counted(command);
            }
            return taken;
        } catch (CommandException refused) {
            if (args.isWord(0, "EXEC")) {
                // multi.c, execCommandAbort: an EXEC that is refused ends the transaction.
                transactions.reset();
            } else {
                transactions.spoil();
            }
            router.refused();
            sink.reply(refused.reply());
            return true;
        }
    }

    private void check(Command command) {
        if (access == null) {
            if (!command.spec().has(Flag.NO_AUTH)) {
                throw new CommandException(
                        command.spec().name().equals("EXEC") ? Outcomes.EXEC_WITHOUT_AUTH : Outcomes.NO_AUTH);
            }
        } else if (access.isReadOnly() && !isReading(command)) {
            throw new CommandException("NOPERM this user has no permissions to run the '"
                    + command.spec().name().toLowerCase(Locale.ROOT).replace('|', ' ')
                    + "' command (or its subcommand)");
        }
    }

    private static boolean isReading(Command command) {
        return switch (command) {
            case Command.Read read ->
                !read.spec().has(Flag.DANGEROUS) && !read.spec().name().equals("SCAN");
            case Command.Write _ -> false;
            case Command.Local local ->
                !local.spec().has(Flag.ADMIN) && !local.spec().has(Flag.DANGEROUS);
        };
    }

    private boolean queue(Command command, Args args, ReplySink sink) {
        if (command.spec().has(Flag.NO_MULTI)) {
            throw new CommandException("ERR Command not allowed inside a transaction");
        }
        // Only arity is checked now, as in Redis: other errors are answered in their place by EXEC.
        Args kept = args.retained();
        router.checkKeys(command.spec(), kept);
        router.checkQueue(transactions.size() + 1, transactions.bytes() + kept.byteCount());
        transactions.add(command, kept, selected);
        sink.reply(Reply.QUEUED);
        return true;
    }

    private boolean exchange(Command.Local local, String commandName, Args args, ReplySink sink) {
        if ((unacknowledged > 0 || reading > 0) && !UNORDERED.contains(commandName)) {
            return stall();
        }
        Reply reply = local.parser().parse(args).with(this);
        if (reply instanceof Reply.Deferred deferred) {
            reading++;
            var _ = deferred.reply()
                    .whenComplete((later, failure) -> lane.run(() -> {
                        reading--;
                        sink.reply(failure == null ? later : new Reply.Failure("ERR " + failure.getMessage()));
                        resumeIfStalled();
                    }));
        } else {
            sink.reply(reply);
        }
        return true;
    }

    private boolean write(Command.Write write, Args args, ReplySink sink) {
        GroupRoute to = Objects.requireNonNull(route);
        Outbox outbox = lane.outbox(to);
        if (reading > 0) {
            return stall();
        }
        if (outbox.isCongested()) {
            outbox.stall(this);
            return false;
        }
        var _ = write.parser().parse(args);
        router.checkKeys(write.spec(), args);
        unacknowledged++;
        outbox.write(this, sink, Objects.requireNonNull(access).databaseId(), selected, args);
        return true;
    }

    private boolean stall() {
        stalled = true;
        return false;
    }

    private void resumeIfStalled() {
        if (stalled && unacknowledged == 0 && reading == 0) {
            stalled = false;
            connection.resume();
        }
    }

    /** The outbox has room again. */
    void resume() {
        connection.resume();
    }

    /** A command of ours was applied. */
    void acknowledged(GroupRoute from, long incarnation, long index) {
        unacknowledged--;
        floors.raise(from.ordinal(), incarnation, index);
        resumeIfStalled();
    }

    /** A command of ours was given up. */
    void gaveUp() {
        unacknowledged--;
        resumeIfStalled();
    }

    // ---------------------------------------------------------------- reads

    private boolean read(Command.Read read, Args args, ReplySink sink) {
        GroupRoute from = Objects.requireNonNull(route);
        if (unacknowledged > 0) {
            return ride(read, args, from, sink);
        }
        Replica replica = from.replica();
        if (level.level() != Level.LINEARIZABLE && replica.isServing()) {
            long floor = level.level() == Level.EVENTUAL ? 0 : floors.of(from.ordinal(), replica.incarnation());
            if (floor <= replica.appliedIndex()) {
                sink.reply(local(from, read.parser().parse(args)));
                return true;
            }
        }
        if (reading >= READS_MAX) {
            return stall();
        }
        Args kept = args.retained();
        Query query = read.parser().parse(kept);
        reading++;
        new AwaitedRead(this, router, lane, from, level, selected, databaseId(), query, kept, (reply, index) -> {
                    reading--;
                    saw(from, index);
                    sink.reply(reply);
                    resumeIfStalled();
                })
                .start();
        return true;
    }

    /** Reads that follow a write not yet acknowledged join it, so that they see it and cost no entry of their own. */
    private boolean ride(Command.Read read, Args args, GroupRoute from, ReplySink sink) {
        Outbox outbox = lane.outbox(from);
        if (outbox.isCongested()) {
            outbox.stall(this);
            return false;
        }
        Args kept = args.retained();
        Query query = read.parser().parse(kept);
        unacknowledged++;
        outbox.read(this, sink, databaseId(), selected, query, kept);
        return true;
    }

    /** Reads here and now. */
    Reply local(GroupRoute from, Query query) {
        Replica replica = from.replica();
        Reply reply;
        try {
            reply = replica.read(databaseId(), selected, query);
        } catch (CommandException refused) {
            reply = refused.reply();
        }
        long seen = replica.visibleIndex();
        floors.raise(from.ordinal(), replica.incarnation(), seen);
        served(router.region(), router.self(), level, seen, replica.stalenessMillis());
        return reply;
    }

    void served(String region, String node, Consistency by, long index, long stalenessMillis) {
        last.served(region, node, by, index, stalenessMillis);
    }

    private void saw(GroupRoute from, long index) {
        floors.raise(from.ordinal(), from.replica().incarnation(), index);
    }

    long floor(GroupRoute from) {
        return floors.of(from.ordinal(), from.replica().incarnation());
    }

    /** How much it waits for, when it is of this lane; on the lane's thread. */
    int underWay(Lane of) {
        return of == lane ? unacknowledged + reading : 0;
    }

    int databaseId() {
        return Objects.requireNonNull(access).databaseId();
    }

    /** What the last read was given. */
    public LastRead lastRead() {
        return last;
    }

    /** As before the first read: for a frontend that tells of each request's own reads. */
    public void forgetLastRead() {
        last.forget();
    }

    // ---------------------------------------------------------------- transactions

    @Override
    public Reply multi() {
        return transactions.begin();
    }

    @Override
    public Reply discard() {
        return transactions.discard();
    }

    @Override
    public Reply exec() {
        return transactions.exec();
    }

    @Override
    public Reply watch(List<Bytes> keys) {
        return transactions.watch(keys);
    }

    @Override
    public Reply unwatch() {
        return transactions.unwatch();
    }

    GroupRoute home() {
        return Objects.requireNonNull(route);
    }

    /** Whether a read may be answered by this node's replica now. */
    boolean canReadHere() {
        Replica replica = home().replica();
        return level.level() != Level.LINEARIZABLE
                && replica.isServing()
                && (level.level() == Level.EVENTUAL || floor(home()) <= replica.appliedIndex());
    }

    /** Hands a transaction to the group; later is told its reply. */
    void submit(Transaction transaction, int bytes, ReplySink later) {
        unacknowledged++;
        lane.outbox(home()).transaction(this, later, databaseId(), transaction, bytes);
    }

    // ---------------------------------------------------------------- session settings

    @Override
    public Reply authenticate(Bytes user, Bytes secret) {
        Optional<Access> opened = router.credentials().open(user, secret);
        if (opened.isEmpty()) {
            return Outcomes.WRONG_PASS;
        }
        admit(opened);
        return Reply.OK;
    }

    /** Becomes what a credential opens; a session of another database starts without floors. */
    public void admit(Optional<Access> opened) {
        Access before = access;
        Access now = opened.orElse(null);
        if (now == null || before == null || !before.database().equals(now.database())) {
            floors.clear();
            selected = 0;
        }
        access = now;
        route = now == null ? null : router.route(now.group());
        if (now != null) {
            level = now.levelFor(frontend);
        }
    }

    public Optional<Access> access() {
        return Optional.ofNullable(access);
    }

    /** Sets what reads are promised from now on. */
    public void level(Consistency to) {
        level = to;
    }

    public Consistency level() {
        return level;
    }

    /** Raises the floors to a token's; one that is not ours changes nothing. */
    public void raise(String token) {
        router.tokens().read(token).ifPresent(this::raise);
    }

    private void raise(SessionToken token) {
        for (SessionToken.Seen seen : token.seen()) {
            router.routes().stream()
                    .filter(known -> known.name().equals(seen.group()))
                    .forEach(known -> floors.raise(known.ordinal(), seen.incarnation(), seen.index()));
        }
    }

    /** The session's token: covers all that its commands so far wrote or read. */
    public String tokenText() {
        if (floors.changes() != tokenChanges) {
            tokenChanges = floors.changes();
            token = written();
        }
        return token;
    }

    private String written() {
        List<SessionToken.Seen> seen = new ArrayList<>();
        for (GroupRoute known : router.routes()) {
            if (floors.index(known.ordinal()) > 0) {
                seen.add(new SessionToken.Seen(
                        known.name(), floors.incarnation(known.ordinal()), floors.index(known.ordinal())));
            }
        }
        return router.tokens().write(new SessionToken(seen));
    }

    @Override
    public Reply token() {
        return Reply.Bulk.of(tokenText());
    }

    @Override
    public Reply consistency(List<Bytes> words) {
        if (words.isEmpty()) {
            return Reply.Bulk.of(level.text());
        }
        String text = words.size() == 1 ? words.getFirst().toString() : words.get(0) + "=" + words.get(1);
        try {
            level = router.checkLevel(Consistency.parse(text));
        } catch (IllegalArgumentException unknown) {
            return new Reply.Failure("ERR " + unknown.getMessage());
        }
        return Reply.OK;
    }

    @Override
    public Reply sync(Bytes token, long timeoutMillis) {
        Optional<SessionToken> wanted = router.tokens().read(token.toString());
        if (wanted.isEmpty()) {
            return new Reply.Failure("ERR not a session token of this cluster");
        }
        raise(wanted.get());
        return new Reply.Deferred(new Freshness(router, lane, floors).within(timeoutMillis));
    }

    @Override
    public Reply last() {
        return last.told();
    }

    @Override
    public Reply waitForRegions(long count, long timeoutMillis) {
        GroupRoute written = Objects.requireNonNull(route);
        return new Reply.Deferred(new AppliedElsewhere(router, lane, written, floor(written)).in(count, timeoutMillis));
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public Caller caller() {
        long age = (System.nanoTime() - openedNanos) / 1_000_000_000;
        return new Caller(connection.remoteAddress(), connection.localAddress(), age);
    }

    @Override
    public int protocol() {
        return protocol;
    }

    @Override
    public void protocol(int version) {
        protocol = version;
    }

    @Override
    public int selected() {
        return selected;
    }

    @Override
    public void select(int number) {
        if (number < 0 || number >= NUMBERS) {
            throw new CommandException("ERR DB index is out of range");
        }
        selected = number;
    }

    @Override
    public String clientName() {
        return name;
    }

    @Override
    public void clientName(String to) {
        name = to;
    }

    @Override
    public void library(String attribute, String value) {
        if (attribute.equals("LIB-NAME")) {
            libraryName = value;
        } else {
            libraryVersion = value;
        }
    }

    @Override
    public String user() {
        return access == null ? "default" : access.user();
    }

    @Override
    public boolean isAuthenticated() {
        return access != null;
    }

    @Override
    public boolean needsSecret() {
        return router.credentials().anonymous().isEmpty();
    }

    @Override
    public void reset() {
        transactions.reset();
        protocol = 2;
        name = "";
        selected = 0;
        admit(router.credentials().anonymous());
        connection.replies(ReplyMode.ON);
    }

    @Override
    public void closeAfterReply() {
        connection.closeAfterReply();
    }

    @Override
    public void replies(ReplyMode mode) {
        connection.replies(mode);
    }

    /** Closes the connection from any thread. */
    public void kill() {
        connection.kill();
    }

    @Override
    public String describe() {
        long now = System.nanoTime();
        return "id=" + id + " addr=" + connection.remoteAddress() + " laddr=" + connection.localAddress()
                + " fd=-1 name="
                + name + " age=" + (now - openedNanos) / 1_000_000_000 + " idle=" + (now - lastNanos) / 1_000_000_000
                + " flags=" + (transactions.isOpen() ? "x" : "N") + " db=" + selected + " sub=0 psub=0 ssub=0 multi="
                + (transactions.isOpen() ? transactions.size() : -1) + " watch=" + transactions.watchCount() + " cmd="
                + (lastCommand.isEmpty() ? "NULL" : lastCommand.toLowerCase(Locale.ROOT)) + " user=" + user()
                + " lib-name=" + libraryName + " lib-ver=" + libraryVersion + " resp=" + protocol + " level="
                + level.text();
    }

    @Override
    public Host host() {
        return router.host();
    }
}
