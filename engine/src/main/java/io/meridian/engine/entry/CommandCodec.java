// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.entry;

import io.meridian.engine.Args;
import io.meridian.engine.ByteReader;
import io.meridian.engine.ByteWriter;
import io.meridian.engine.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of one item of a bundle.
 *
 * <pre>
 * item        = command | transaction
 * command     = 0 database:varint number:u8 args
 * transaction = 1 database:varint watches:varint (number:u8 key:bytes version:varint)*
 *                 commands:varint (number:u8 args)*
 * args        = count:varint bytes*          bytes = length:varint u8*
 * </pre>
 */
public final class CommandCodec {
    /** The kind of an item that is one command. */
    public static final int COMMAND = 0;

    /** The kind of an item that is a transaction. */
    public static final int TRANSACTION = 1;

    private CommandCodec() {}

    static void writeCommand(ByteWriter out, int database, int number, Args args) {
        out.u8(COMMAND);
        out.varint(database);
        out.u8(number);
        writeArgs(out, args);
    }

    static void writeTransaction(ByteWriter out, int database, Transaction transaction) {
        out.u8(TRANSACTION);
        out.varint(database);
        out.varint(transaction.watches().size());
        for (Transaction.Watch watch : transaction.watches()) {
            out.u8(watch.number());
            out.bytes(watch.key());
            out.varint(watch.version());
        }
        out.varint(transaction.commands().size());
        for (Transaction.Queued queued : transaction.commands()) {
            out.u8(queued.number());
            writeArgs(out, queued.args());
        }
    }

    /** A command line on its own: what a forwarded read is sent as. */
    public static void writeArgs(ByteWriter out, Args args) {
        out.varint(args.count());
        for (int i = 0; i < args.count(); i++) {
            out.bytes(args.array(), args.startAt(i), args.lengthAt(i));
        }
    }

    /** Points the args at the next command line; they stay slices of the reader's array. */
    public static void readArgs(ByteReader in, Args into) {
        int count = in.count();
        if (count == 0) {
            throw new CorruptEntryException("a command without a name at " + in.at());
        }
        into.begin(in.array());
        for (int i = 0; i < count; i++) {
            int length = in.count();
            int start = in.take(length);
            into.add(start, start + length);
        }
    }

    /** The rest of a transaction, its kind and database read already. */
    public static Transaction readTransaction(ByteReader in) {
        int watchCount = in.count();
        List<Transaction.Watch> watches = new ArrayList<>(watchCount);
        for (int i = 0; i < watchCount; i++) {
            int number = in.u8();
            Bytes key = in.bytes();
            watches.add(new Transaction.Watch(number, key, in.varint()));
        }
        int commandCount = in.count();
        List<Transaction.Queued> commands = new ArrayList<>(commandCount);
        for (int i = 0; i < commandCount; i++) {
            int number = in.u8();
            Args args = new Args();
            readArgs(in, args);
            commands.add(new Transaction.Queued(number, args));
        }
        return new Transaction(watches, commands);
    }

    /** How many items these bytes hold, checked to their end without decoding the words. */
    static int countItems(Bytes encoded) {
        ByteReader in = new ByteReader(encoded);
        int items = 0;
        while (in.remaining() > 0) {
            int kind = in.u8();
            in.varint();
            if (kind == COMMAND) {
                in.u8();
                skipArgs(in);
            } else if (kind == TRANSACTION) {
                skipTransaction(in);
            } else {
                throw new CorruptEntryException("an item of kind " + kind);
            }
            items++;
        }
        return items;
    }

    private static void skipTransaction(ByteReader in) {
        for (int watches = in.count(); watches > 0; watches--) {
            in.u8();
            in.take(in.count());
            in.varint();
        }
        for (int commands = in.count(); commands > 0; commands--) {
            in.u8();
            skipArgs(in);
        }
    }

    private static void skipArgs(ByteReader in) {
        for (int words = in.count(); words > 0; words--) {
            in.take(in.count());
        }
    }
}
