// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.apply;

import io.meridian.engine.Args;
import io.meridian.engine.ByteReader;
import io.meridian.engine.ByteWriter;
import io.meridian.engine.CommandException;
import io.meridian.engine.Errors;
import io.meridian.engine.Moment;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.command.Flag;
import io.meridian.engine.entry.Bundle;
import io.meridian.engine.entry.CommandCodec;
import io.meridian.engine.entry.CorruptEntryException;
import io.meridian.engine.entry.ReplyCodec;
import io.meridian.engine.entry.Transaction;
import io.meridian.engine.keyspace.GroupKeys;
import io.meridian.engine.keyspace.Keyspace;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs single items against a group's keys: decodes, parses, acts. */
final class Items {
    // About what an encoded reply takes beside its content.
    private static final int REPLY_BYTES = 8;
    private static final Reply.Failure ABORTED_WITHOUT_MEMORY =
            new Reply.Failure("EXECABORT Transaction discarded because of: " + Errors.OUT_OF_MEMORY.line());

    private final CommandTable commands;
    private final GroupKeys keys;
    // Both refilled for each item: an item's own objects die with it.
    private final Args args = new Args();
    private final ByteWriter scratch = new ByteWriter(256);

    Items(CommandTable commands, GroupKeys keys) {
        this.commands = commands;
        this.keys = keys;
    }

    /** Applies the next item that the reader holds; a refused command answers its error, as do those that take memory when full. */
    Reply apply(ByteReader in, Moment at, boolean isFull) {
        int kind = in.u8();
        long database = in.varint();
        if (database < 0 || database >= GroupKeys.DATABASES_MAX) {
            throw new CorruptEntryException("no database has the id " + database);
        }
        keys.beginItem();
        return switch (kind) {
            case CommandCodec.COMMAND -> {
                int number = in.u8();
                CommandCodec.readArgs(in, args);
                yield command((int) database, number, at, isFull);
            }
            case CommandCodec.TRANSACTION -> {
                Transaction transaction = CommandCodec.readTransaction(in);
                yield isFull && takesMemory(transaction)
                        ? ABORTED_WITHOUT_MEMORY
                        : transaction((int) database, transaction, at);
            }
            default -> throw new CorruptEntryException("no item is of kind " + kind);
        };
    }

    private Reply command(int database, int number, Moment at, boolean isFull) {
        try {
            return switch (commands.require(args)) {
                case Command.Write write when isFull && write.spec().has(Flag.DENYOOM) -> Errors.OUT_OF_MEMORY;
                case Command.Write write ->
                    write.parser().parse(args).on(keys.keyspace(database, number, at.epochMillis(), at.seed()), at);
                case Command.Read _, Command.Local _ ->
                    throw new CorruptEntryException("a command that is no write: " + args.textAt(0));
            };
        } catch (CommandException refused) {
            return refused.reply();
        }
    }

    private boolean takesMemory(Transaction transaction) {
        for (Transaction.Queued queued : transaction.commands()) {
            try {
                if (commands.require(queued.args()).spec().has(Flag.DENYOOM)) {
                    return true;
                }
            } catch (CommandException refused) {
                // It answers its error when its turn comes, and takes nothing.
            }
        }
        return false;
    }

    private Reply transaction(int database, Transaction transaction, Moment at) {
        try {
            // One keyspace for all: what a transaction changes, it changes at once.
            Keyspace keyspace = keys.keyspace(database, 0, at.epochMillis(), at.seed());
            for (Transaction.Watch watch : transaction.watches()) {
                if (!keyspace.numbered(watch.number()).isUnchanged(watch.key(), watch.version())) {
                    return Reply.NIL_ARRAY;
                }
            }
        } catch (CommandException refused) {
            return refused.reply();
        }
        List<Reply> replies = new ArrayList<>(transaction.commands().size());
        ReplyBudget budget = new ReplyBudget();
        for (Transaction.Queued queued : transaction.commands()) {
            Moment own = new Moment(at.index(), at.epochMillis(), at.draw(replies.size()));
            replies.add(queued(database, queued, own, budget));
        }
        return new Reply.Array(replies);
    }

    private Reply queued(int database, Transaction.Queued queued, Moment at, ReplyBudget budget) {
        try {
            Keyspace keyspace = keys.keyspace(database, queued.number(), at.epochMillis(), at.seed());
            return switch (commands.require(queued.args())) {
                case Command.Write write ->
                    budget.written(write.parser().parse(queued.args()).on(keyspace, at));
                case Command.Read read -> budget.read(read.parser().parse(queued.args()), keyspace);
                case Command.Local _ ->
                    throw new CorruptEntryException(
                            "a command of one connection: " + queued.args().textAt(0));
            };
        } catch (CommandException refused) {
            return refused.reply();
        }
    }

    /** The replies of the writes among these, as bytes; {@link RecentReplies#DROPPED} when there are too many. */
    byte[] encoded(Reply[] replies, @Nullable Bundle riders) {
        scratch.clear();
        int room = RecentReplies.BUNDLE_BYTES_MAX;
        for (int i = 0; i < replies.length; i++) {
            if (riders == null || riders.items().get(i).query() == null) {
                room = ReplyBudget.roomAfter(replies[i], room, REPLY_BYTES);
                if (room < 0) {
                    return RecentReplies.DROPPED;
                }
                ReplyCodec.write(scratch, replies[i]);
            }
        }
        return scratch.toArray();
    }
}
