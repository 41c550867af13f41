// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.CommandException;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command;
import io.meridian.engine.command.Command.Exchange;
import io.meridian.engine.command.Command.Query;
import io.meridian.engine.command.Flag;
import io.meridian.engine.command.Host;
import io.meridian.engine.command.Session;
import io.meridian.engine.entry.Transaction;
import io.meridian.router.token.SessionToken;
import io.meridian.router.topology.Consistency;
import io.meridian.router.topology.Consistency.Level;
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

    /** How many numbered databases a database has (CONFIG GET databases). */
    public static final int NUMBERS = 16;

    private final Router router;
    private final Lane lane;
    private final Frontend frontend;
    private final Connection connection;
    private final ClientRow row;
    private final Floors floors;
    private final Reads reads;
    private final Transactions transactions;
    private @Nullable Access access;
    private @Nullable GroupRoute route;
    // What is still owed to us beside reads: commands in an outbox, and replies of local commands that come later.
    private int unacknowledged;
    private int deferred;
    // The bundle that our last write went into.
    private long written;
    private boolean stalled;
    // Whether the command taken last may change something.
    private boolean writing;
    private long turn = -1;

    RouterSession(Router router, Lane lane, Frontend frontend, Connection connection) {
        this.router = router;
        this.lane = lane;
        this.frontend = frontend;
        this.connection = connection;
        this.row = new ClientRow(router.nextSessionId(), connection);
        this.floors = new Floors(router.routes(), router.tokens());
        this.reads = new Reads(this, router, lane, floors);
        this.transactions = new Transactions(this, router, lane);
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
        if (turn != lane.turn()) {
            turn = lane.turn();
            row.used();
        }
        writing = false;
        try {
            Command command = router.commands().require(args);
            String commandName = command.spec().name();
            row.ran(commandName);
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
            row.transaction(transactions);
            router.refused();
            sink.reply(refused.reply());
            return true;
        }
    }

    /** Whether the command taken last may change something: an answer that comes later then tells that it was applied. */
    public boolean tookWrite() {
        return writing;
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
        router.checkWords(command.spec(), kept);
        transactions.add(command, kept, row.selected());
        row.transaction(transactions);
        sink.reply(Reply.QUEUED);
        return true;
    }

    private boolean exchange(Command.Local local, String commandName, Args args, ReplySink sink) {
        if (owed() > 0 && !UNORDERED.contains(commandName)) {
            return stall();
        }
        Exchange exchange = local.parser().parse(args);
        router.checkWords(local.spec(), args);
        Reply reply = exchange.with(this);
        row.transaction(transactions);
        if (reply instanceof Reply.Deferred later) {
            deferred++;
            var _ = later.reply()
                    .whenComplete((given, failure) -> lane.run(() -> {
                        deferred--;
                        row.transaction(transactions);
                        sink.reply(failure == null ? given : new Reply.Failure("ERR " + failure.getMessage()));
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
        if (reads.waiting() + deferred > 0) {
            return stall();
        }
        if (outbox.isCongested()) {
            outbox.stall(this);
            return false;
        }
        var _ = write.parser().parse(args);
        router.checkWords(write.spec(), args);
        writing = true;
        unacknowledged++;
        written = outbox.write(this, sink, Objects.requireNonNull(access).databaseId(), row.selected(), args);
        return true;
    }

    private boolean stall() {
        stalled = true;
        return false;
    }

    private void resumeIfStalled() {
        if (stalled && owed() == 0) {
            stalled = false;
            connection.resume();
        }
    }

    /** How many commands were taken and not answered. */
    private int owed() {
        return unacknowledged + reads.waiting() + deferred;
    }

    /** All reads that waited were answered. */
    void readsEnded() {
        resumeIfStalled();
    }

    /** The outbox has room again. */
    void resume() {
        connection.resume();
    }

    /** A command of ours was applied. */
    void acknowledged(GroupRoute from, long incarnation, long index) {
        unacknowledged--;
        floors.raise(from, incarnation, index);
        resumeIfStalled();
    }

    /** A read of ours was answered on its way: at its place between writes of an entry, or by a node that leads for all it knows. */
    void rode(Reply reply, GroupRoute with, String node, long index, boolean inEntry) {
        reads.last().served(reply, with.homeRegion(), node, level(), index, inEntry ? 0 : LastRead.UNKNOWN);
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
        return reads.take(read, args, from, sink) || stall();
    }

    /**
     * Reads that follow a write not yet acknowledged join it, so that they see it and cost no entry of their own; a
     * linearizable one waits where it cannot.
     */
    private boolean ride(Command.Read read, Args args, GroupRoute from, ReplySink sink) {
        Outbox outbox = lane.outbox(from);
        if (outbox.isCongested()) {
            outbox.stall(this);
            return false;
        }
        // At its place in an entry a read is the newest. In a bundle without writes it is answered from the memory of a
        // node that takes itself for the leader: that shows the session its writes, and no more.
        if (level().level() == Level.LINEARIZABLE && !outbox.isOpen(written, args)) {
            return stall();
        }
        Args kept = args.retained();
        Query query = read.parser().parse(kept);
        unacknowledged++;
        outbox.read(this, sink, databaseId(), row.selected(), query, kept);
        return true;
    }

    /** Reads here and now. */
    Reply local(GroupRoute from, Query query) {
        return reads.here(from, query);
    }

    long floor(GroupRoute from) {
        return reads.floor(from);
    }

    /** How much it waits for, when it is of this lane; on the lane's thread. */
    int underWay(Lane of) {
        return of == lane ? owed() : 0;
    }

    int databaseId() {
        return Objects.requireNonNull(access).databaseId();
    }

    /** What the last read was given. */
    public LastRead lastRead() {
        return reads.last();
    }

    /** As before the first read: for a frontend that tells of each request's own reads. */
    public void forgetLastRead() {
        reads.last().forget();
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
        return reads.canReadHere(home());
    }

    /** Hands a transaction, made of what was queued and of so many encoded bytes, to the group; later is told its reply. */
    void submit(Transaction transaction, Multi queued, int bytes, ReplySink later) {
        writing = queued.hasWrites();
        unacknowledged++;
        written = lane.outbox(home()).transaction(this, later, databaseId(), transaction, bytes, queued.hasReads());
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
            row.selected(0);
        }
        access = now;
        route = now == null ? null : router.route(now.group());
        row.admitted(opened);
        if (now != null) {
            level(now.levelFor(frontend));
        }
    }

    public Optional<Access> access() {
        return Optional.ofNullable(access);
    }

    /** Sets what reads are promised from now on. */
    public void level(Consistency to) {
        reads.level(to);
        row.level(to.text());
    }

    public Consistency level() {
        return reads.level();
    }

    /** Raises the floors to a token's; one that is not ours changes nothing. */
    public void raise(String token) {
        router.tokens().read(token).ifPresent(floors::raise);
    }

    /** The session's token: covers all that its commands so far wrote or read. */
    public String tokenText() {
        return floors.text();
    }

    @Override
    public Reply token() {
        return Reply.Bulk.of(tokenText());
    }

    @Override
    public Reply consistency(List<Bytes> words) {
        if (words.isEmpty()) {
            return Reply.Bulk.of(level().text());
        }
        String text = words.size() == 1 ? words.getFirst().toString() : words.get(0) + "=" + words.get(1);
        try {
            level(router.checkLevel(Consistency.parse(text)));
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
        floors.raise(wanted.get());
        return new Reply.Deferred(new Freshness(router, lane, floors).within(timeoutMillis));
    }

    @Override
    public Reply last() {
        return reads.last().told();
    }

    @Override
    public Reply waitForRegions(long count, long timeoutMillis) {
        GroupRoute written = Objects.requireNonNull(route);
        AppliedElsewhere applied = new AppliedElsewhere(router, lane, written, floor(written));
        // replication.c, waitCommand: a transaction does not wait, it is told what is known.
        return transactions.isRunning() ? applied.known() : new Reply.Deferred(applied.in(count, timeoutMillis));
    }

    @Override
    public long id() {
        return row.id();
    }

    @Override
    public Caller caller() {
        return new Caller(connection.remoteAddress(), connection.localAddress(), row.ageSeconds());
    }

    @Override
    public int protocol() {
        return row.protocol();
    }

    @Override
    public void protocol(int version) {
        row.protocol(version);
    }

    @Override
    public int selected() {
        return row.selected();
    }

    @Override
    public void select(int number) {
        if (number < 0 || number >= NUMBERS) {
            throw new CommandException("ERR DB index is out of range");
        }
        row.selected(number);
    }

    @Override
    public String clientName() {
        return row.name();
    }

    @Override
    public void clientName(String to) {
        row.name(to);
    }

    @Override
    public void library(String attribute, String value) {
        row.library(attribute, value);
    }

    @Override
    public String user() {
        return row.user();
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
        row.protocol(2);
        row.name("");
        row.selected(0);
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

    /** Whether both use the same database; on any thread. */
    boolean isBeside(RouterSession other) {
        Optional<String> database = row.database();
        return database.isPresent() && database.equals(other.row.database());
    }

    /** Closes the connection from any thread. */
    public void kill() {
        connection.kill();
    }

    @Override
    public String describe() {
        return row.line();
    }

    @Override
    public Host host() {
        return router.host();
    }
}
