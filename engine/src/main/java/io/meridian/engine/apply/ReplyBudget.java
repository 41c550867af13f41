// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.apply;

import io.meridian.engine.CommandException;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command.Query;
import io.meridian.engine.keyspace.KeyspaceView;
import java.util.List;

/**
 * Bounds what the replies of one transaction, of the reads of one bundle, or of the writes of one entry take together: a few
 * small commands must not fill the heap of every replica, and once more with each replay.
 *
 * <p>What a reply takes follows from its content alone, so that all replicas refuse the same.
 */
public final class ReplyBudget {
    /** As much as one largest string, and what one message between nodes can carry. */
    static final int BYTES_MAX = 64 << 20;

    /** About what a reply takes beside its content. */
    private static final int REPLY_BYTES = 64;

    /** Replies up to this size are always given: a write's result is not lost for a few bytes. */
    private static final int SMALL_BYTES = 256;

    private static final int SPENT_LEFT = -1;

    /** What a read answers that was not run. */
    public static final Reply.Failure SPENT = new Reply.Failure(
            "ERR the replies of these commands take more than 64 MiB together: ask for less at a time");

    /**
     * More than that of one transaction, because many clients share an entry. What a write answers was mostly kept before too, but
     * not where it is changed behind: GETEX and SETRANGE of one large string, in turn, hold it as often as they stand there.
     */
    private static final int ENTRY_BYTES_MAX = 256 << 20;

    private static final Reply.Failure APPLIED_IN_TRANSACTION =
            new Reply.Failure("UNKNOWN applied, but the replies of its transaction take more than 64 MiB together");
    private static final Reply.Failure APPLIED_IN_ENTRY =
            new Reply.Failure("UNKNOWN applied, but the replies of its entry take more than 256 MiB together");

    private final Reply.Failure applied;
    // Not below SPENT_LEFT: what writes answer behind that must not bring it round to a large number.
    private int left;
    private boolean hasGivenLarge;

    /** Of a transaction, or of the reads of a bundle. */
    public ReplyBudget() {
        this(BYTES_MAX, APPLIED_IN_TRANSACTION);
    }

    private ReplyBudget(int bytesMax, Reply.Failure applied) {
        this.left = bytesMax;
        this.applied = applied;
    }

    /** Of the writes of an entry. */
    static ReplyBudget ofEntry() {
        return new ReplyBudget(ENTRY_BYTES_MAX, APPLIED_IN_ENTRY);
    }

    /** The reply of a read, its refusal, or an error: one that is broken harms nobody else. */
    Reply read(Query query, KeyspaceView keys) {
        if (isSpent()) {
            return SPENT;
        }
        try {
            return take(query.on(keys));
        } catch (CommandException refused) {
            return refused.reply();
        } catch (RuntimeException broken) {
            return new Reply.Failure("ERR internal error: " + broken);
        }
    }

    /** Whether further reads are not to be run: they answer {@link #SPENT}. */
    public boolean isSpent() {
        return left <= 0;
    }

    /** The reply of a read, or {@link #SPENT} when it takes too much beside those before. */
    public Reply take(Reply reply) {
        return taken(reply, SPENT);
    }

    /** The reply of a write that was just applied. */
    Reply written(Reply reply) {
        return taken(reply, applied);
    }

    /** One large reply is always given: what can be asked for alone can be in a transaction. */
    private Reply taken(Reply reply, Reply.Failure otherwise) {
        if (roomAfter(reply, SMALL_BYTES, REPLY_BYTES) >= 0) {
            left = Math.max(left - REPLY_BYTES, SPENT_LEFT);
            return reply;
        }
        left = Math.max(roomAfter(reply, left, REPLY_BYTES), SPENT_LEFT);
        if (left < 0 && hasGivenLarge) {
            return otherwise;
        }
        hasGivenLarge = true;
        return reply;
    }

    /**
     * What is left of the room behind a reply, negative when it does not fit; looks no further then.
     *
     * @param each what a reply takes beside its content
     */
    static int roomAfter(Reply reply, int room, int each) {
        return switch (reply) {
            case Reply.Bulk bulk -> room - bulk.bytes().length() - each;
            case Reply.Verbatim verbatim -> room - verbatim.bytes().length() - each;
            case Reply.Array array -> roomAfter(array.items(), room, each);
            case Reply.Pairs pairs -> roomAfter(pairs.keysAndValues(), room, each);
            case Reply.Tuples tuples -> roomAfter(tuples.keysAndValues(), room, each);
            case Reply.Members members -> roomAfter(members.items(), room, each);
            case Reply.Push push -> roomAfter(push.items(), room, each);
            default -> room - each;
        };
    }

    private static int roomAfter(List<Reply> replies, int room, int each) {
        int left = room - each;
        for (Reply reply : replies) {
            if (left < 0) {
                return left;
            }
            left = roomAfter(reply, left, each);
        }
        return left;
    }
}
