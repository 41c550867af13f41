// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.testing;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.CommandException;
import io.meridian.engine.Moment;
import io.meridian.engine.Reply;
import io.meridian.engine.apply.GroupState;
import io.meridian.engine.command.Command;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.command.Session;
import io.meridian.engine.entry.Bundle;
import io.meridian.engine.entry.EntryWriter;
import java.util.List;
import java.util.Optional;

/**
 * An engine with one client, spoken to as redis-cli speaks: {@code redis.run("SET n 10").is(OK)}.
 *
 * <p>Its clock stands still at {@link #START_MILLIS} until {@link #pass} moves it. SELECT works by itself; other local
 * commands need a session.
 */
public final class RedisCli {
    /** 2033-05-18T03:33:20Z, a number that is easy to recognize. */
    public static final long START_MILLIS = 2_000_000_000_000L;

    private static final int DATABASE = 0;
    private static final long ORIGIN = 1;

    private final GroupState state = GroupState.begun(CommandTable.REDIS, 1, 1);
    private final EntryWriter entries = new EntryWriter();
    private final Optional<Session> session;
    private long nowMillis;
    private long index;
    private long reads;
    private int number;

    public RedisCli() {
        this(START_MILLIS);
    }

    /** With a clock that starts there, in epoch milliseconds. */
    public RedisCli(long startMillis) {
        this.session = Optional.empty();
        this.nowMillis = startMillis;
    }

    /** For local commands; its selected number is the one that commands run on. */
    public RedisCli(Session session) {
        this.session = Optional.of(session);
        this.nowMillis = START_MILLIS;
    }

    /** Runs one line, split as {@link CommandLine} says. */
    public Answer run(String line) {
        return runWords(CommandLine.split(line));
    }

    public Answer runWords(List<Bytes> words) {
        return new Answer(CommandLine.join(words), reply(words));
    }

    /** The same, without anything to assert on. */
    public Reply reply(List<Bytes> words) {
        Args args = Args.of(words);
        try {
            if (args.count() == 2 && args.isWord(0, "SELECT") && session.isEmpty()) {
                number = (int) args.longAt(1);
                return Reply.OK;
            }
            Command command = state.commands().require(args);
            return switch (command) {
                case Command.Local local ->
                    local.parser()
                            .parse(args)
                            .with(session.orElseThrow(() -> new IllegalStateException("no session for " + args)));
                case Command.Read read -> read(read, args);
                case Command.Write write -> write(write, args);
            };
        } catch (CommandException refused) {
            return refused.reply();
        }
    }

    public long nowMillis() {
        return nowMillis;
    }

    /** Moves the clock on. */
    public void pass(long millis) {
        nowMillis += millis;
    }

    /** Sets the clock, to where it never goes back from. */
    public void nowIs(long epochMillis) {
        nowMillis = Math.max(nowMillis, epochMillis);
    }

    private Reply read(Command.Read read, Args args) {
        return read.parser().parse(args).on(state.view(DATABASE, selected(), nowMillis, Moment.mix(++reads)));
    }

    /** As a leader does: a bad command stops before it is in an entry; the others are applied from the entry's bytes. */
    private Reply write(Command.Write write, Args args) {
        var _ = write.parser().parse(args);
        Bundle bundle = new Bundle(ORIGIN, ++index);
        bundle.ackedBelow(index);
        bundle.write(DATABASE, selected(), args);
        entries.begin(nowMillis, Moment.mix(index));
        entries.add(bundle);
        return state.open(index, entries.finish()).applyNext(null)[0];
    }

    /** Removes what has ended, as a leader does now and then. */
    public void removeEnded() {
        if (state.earliestExpiry() <= nowMillis) {
            entries.begin(nowMillis, Moment.mix(++index));
            entries.addExpire(Integer.MAX_VALUE);
            var _ = state.open(index, entries.finish()).applyNext(null);
        }
    }

    private int selected() {
        return session.map(Session::selected).orElse(number);
    }
}
