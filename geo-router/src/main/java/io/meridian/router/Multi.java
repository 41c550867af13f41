// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import io.meridian.engine.Args;
import io.meridian.engine.Numbers;
import io.meridian.engine.Reply;
import io.meridian.engine.apply.ReplyBudget;
import io.meridian.engine.command.Command;
import io.meridian.engine.command.Session;
import io.meridian.engine.entry.Transaction;
import java.util.ArrayList;
import java.util.List;

/** The commands queued since MULTI. For the lane's thread. */
final class Multi {
    private static final int NONE = -1;
    /** All of a transaction's replies are there at once: a command that is answered later has no place among them. */
    private static final Reply.Failure NOT_HERE = new Reply.Failure("ERR Command not allowed inside a transaction");

    private final List<Queued> queue = new ArrayList<>();
    private int chosen = NONE;
    private boolean spoiled;
    private boolean reads;
    private boolean writes;
    private boolean locals;
    private int bytes;

    /** A queued command; the number is the database selected when it was queued. */
    private record Queued(Command command, Args args, int number) {}

    /** A command could not be queued: EXEC will discard all. */
    void spoil() {
        spoiled = true;
    }

    boolean isSpoiled() {
        return spoiled;
    }

    void add(Command command, Args args, int number) {
        queue.add(new Queued(command, args, chosen == NONE ? number : chosen));
        if (command.spec().name().equals("SELECT")) {
            choose(args);
        }
        bytes += sizeOf(args);
        reads |= command instanceof Command.Read;
        writes |= command instanceof Command.Write;
        locals |= command instanceof Command.Local;
    }

    /** What a command takes in an entry, about. */
    static int sizeOf(Args args) {
        return args.byteCount() + 8 + 5 * args.count();
    }

    /** A SELECT in a transaction holds for the commands behind it; one that will be refused changes nothing. */
    private void choose(Args args) {
        long number = Numbers.asLong(args.bytesAt(1)).orElse(NONE);
        if (number >= 0 && number < RouterSession.NUMBERS) {
            chosen = (int) number;
        }
    }

    int bytes() {
        return bytes;
    }

    int size() {
        return queue.size();
    }

    /** Whether some of it concerns the session itself. */
    boolean hasLocals() {
        return locals;
    }

    boolean hasReads() {
        return reads;
    }

    boolean hasWrites() {
        return writes;
    }

    /** The part that a group runs: everything but local commands. */
    Transaction transaction(List<Transaction.Watch> watches) {
        List<Transaction.Queued> commands = new ArrayList<>();
        for (Queued queued : queue) {
            if (!(queued.command() instanceof Command.Local)) {
                commands.add(new Transaction.Queued(queued.number(), queued.args()));
            }
        }
        return new Transaction(watches, commands);
    }

    /** All reads as one query, answered in order, with as much as the group would answer. */
    Command.Query query() {
        return keys -> {
            List<Reply> replies = new ArrayList<>();
            ReplyBudget budget = new ReplyBudget();
            for (Queued queued : queue) {
                if (queued.command() instanceof Command.Read read) {
                    replies.add(
                            budget.isSpent()
                                    ? ReplyBudget.SPENT
                                    : budget.take(answer(() ->
                                            read.parser().parse(queued.args()).on(keys.numbered(queued.number())))));
                }
            }
            return new Reply.Array(replies);
        };
    }

    /** Puts the replies of local commands, which run now, between those that the group gave. */
    Reply merge(Reply fromGroup, Session session) {
        if (!(fromGroup instanceof Reply.Array array)) {
            return fromGroup;
        }
        List<Reply> replies = new ArrayList<>(queue.size());
        int next = 0;
        for (Queued queued : queue) {
            if (queued.command() instanceof Command.Local local) {
                Reply reply = answer(() -> local.parser().parse(queued.args()).with(session));
                replies.add(reply instanceof Reply.Deferred ? NOT_HERE : reply);
            } else {
                replies.add(array.items().get(next++));
            }
        }
        return new Reply.Array(replies);
    }

    private interface Answer {
        Reply get();
    }

    private static Reply answer(Answer answer) {
        try {
            return answer.get();
        } catch (io.meridian.engine.CommandException refused) {
            return refused.reply();
        }
    }
}
