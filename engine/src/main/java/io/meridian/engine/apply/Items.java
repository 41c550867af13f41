// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.apply;

import io.meridian.engine.Args;
import io.meridian.engine.ByteReader;
import io.meridian.engine.ByteWriter;
import io.meridian.engine.CommandException;
import io.meridian.engine.Moment;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command;
import io.meridian.engine.command.CommandTable;
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
    // About what a reply takes beside its content.
    private static final int REPLY_BYTES = 8;

    private final CommandTable commands;
    private final GroupKeys keys;
    // Both refilled for each item: an item's own objects die with it.
    private final Args args = new Args();
    private final ByteWriter scratch = new ByteWriter(256);

    Items(CommandTable commands, GroupKeys keys) {
        this.commands = commands;
        this.keys = keys;
    }

    /** Applies the next item that the reader holds; a refused command answers its error. */
    Reply apply(ByteReader in, Moment at) {
        int kind = in.u8();
        long database = in.varint();
        if (database < 0 || database >= GroupKeys.DATABASES_MAX) {
            throw new CorruptEntryException("no database has the id " + database);
        }
        return switch (kind) {
            case CommandCodec.COMMAND -> {
                int number = in.u8();
                CommandCodec.readArgs(in, args);
                yield command((int) database, number, at);
            }
            case CommandCodec.TRANSACTION -> transaction((int) database, CommandCodec.readTransaction(in), at);
            default -> throw new CorruptEntryException("no item is of kind " + kind);
        };
    }

    private Reply command(int database, int number, Moment at) {
        try {
            return switch (commands.require(args)) {
                case Command.Write write ->
                    write.parser().parse(args).on(keys.keyspace(database, number, at.epochMillis(), at.seed()), at);
                case Command.Read _, Command.Local _ ->
                    throw new CorruptEntryException("a command that is no write: " + args.textAt(0));
            };
        } catch (CommandException refused) {
            return refused.reply();
        }
    }

    private Reply transaction(int database, Transaction transaction, Moment at) {
        try {
            // One keyspace for all: what a transaction changes, it changes at once.
            Keyspace keyspace = keys.keyspace(database, 0, at.epochMillis(), at.seed());
            for (Transaction.Watch watch : transaction.watches()) {
                if (keyspace.numbered(watch.number()).versionOf(watch.key()) != watch.version()) {
                    return Reply.NIL_ARRAY;
                }
            }
        } catch (CommandException refused) {
            return refused.reply();
        }
        List<Reply> replies = new ArrayList<>(transaction.commands().size());
        for (Transaction.Queued queued : transaction.commands()) {
            Moment own = new Moment(at.index(), at.epochMillis(), at.draw(replies.size()));
            replies.add(queued(database, queued, own));
        }
        return new Reply.Array(replies);
    }

    private Reply queued(int database, Transaction.Queued queued, Moment at) {
        try {
            Keyspace keyspace = keys.keyspace(database, queued.number(), at.epochMillis(), at.seed());
            return switch (commands.require(queued.args())) {
                case Command.Write write -> write.parser().parse(queued.args()).on(keyspace, at);
                case Command.Read read -> read.parser().parse(queued.args()).on(keyspace);
                case Command.Local _ ->
                    throw new CorruptEntryException(
                            "a command of one connection: " + queued.args().textAt(0));
            };
        } catch (CommandException refused) {
            return refused.reply();
        }
    }

    /** Runs a read that rides with writes. Nothing follows from it but its answer, so that it may fail alone. */
    Reply query(Bundle.Item item, Command.Query query, long nowMillis, long seed) {
        try {
            return query.on(keys.view(item.database(), item.number(), nowMillis, seed));
        } catch (CommandException refused) {
            return refused.reply();
        } catch (RuntimeException broken) {
            return new Reply.Failure("ERR internal error: " + broken);
        }
    }

    /** The replies of the writes among these, as bytes; {@link RecentReplies#DROPPED} when there are too many. */
    byte[] encoded(Reply[] replies, @Nullable Bundle riders) {
        scratch.clear();
        int room = RecentReplies.BUNDLE_BYTES_MAX;
        for (int i = 0; i < replies.length; i++) {
            if (riders == null || riders.items().get(i).query() == null) {
                room = roomAfter(replies[i], room);
                if (room < 0) {
                    return RecentReplies.DROPPED;
                }
                ReplyCodec.write(scratch, replies[i]);
            }
        }
        return scratch.toArray();
    }

    /** What is left of the room behind a reply, negative when it does not fit; looked at before it is copied. */
    private static int roomAfter(Reply reply, int room) {
        return switch (reply) {
            case Reply.Bulk bulk -> room - bulk.bytes().length() - REPLY_BYTES;
            case Reply.Verbatim verbatim -> room - verbatim.bytes().length() - REPLY_BYTES;
            case Reply.Array array -> roomAfter(array.items(), room);
            case Reply.Pairs pairs -> roomAfter(pairs.keysAndValues(), room);
            case Reply.Tuples tuples -> roomAfter(tuples.keysAndValues(), room);
            case Reply.Members members -> roomAfter(members.items(), room);
            case Reply.Push push -> roomAfter(push.items(), room);
            default -> room - REPLY_BYTES;
        };
    }

    private static int roomAfter(List<Reply> replies, int room) {
        int left = room - REPLY_BYTES;
        for (Reply reply : replies) {
            if (left < 0) {
                return left;
            }
            left = roomAfter(reply, left);
        }
        return left;
    }
}
