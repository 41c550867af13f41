// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.meridian.engine.Reply;
import java.util.function.BooleanSupplier;

/**
 * The room that one request's answer has for replies: for each of them, for all together, and beside those of the other
 * requests that a connection has under way.
 *
 * <p>A reply that is too large is replaced by an error. A write has been applied by then, and its error says so; what other
 * requests are replied costs none its reply.
 */
final class AnswerRoom {
    private final RestLimits limits;
    private final RestWire wire;
    private long bytes;
    private boolean isFull;

    AnswerRoom(RestLimits limits, RestWire wire) {
        this.limits = limits;
        this.wire = wire;
    }

    /** Whether the replies so far were too large together, so that no further command is to run. */
    boolean isFull() {
        return isFull;
    }

    /**
     * The reply, or an error in its place.
     *
     * @param isWrite whether the command that has run changes data; asked only when it matters
     */
    Reply bounded(Reply reply, BooleanSupplier isWrite) {
        if (reply instanceof Reply.Failure) {
            // It says itself what became of its command.
            return reply;
        }
        long size = JsonReplies.size(reply);
        if (size > limits.replyBytesMax()) {
            return new Reply.Failure(
                    isWrite.getAsBoolean()
                            ? RestErrors.appliedWithLargeReply(limits.replyBytesMax(), size)
                            : RestErrors.requestTooLarge(limits.replyBytesMax(), size));
        }
        if (bytes + size > limits.bodyBytesMax()) {
            isFull = true;
            return new Reply.Failure(
                    isWrite.getAsBoolean()
                            ? RestErrors.appliedWithoutRoom(limits.bodyBytesMax())
                            : RestErrors.repliesTooLarge(limits.bodyBytesMax()));
        }
        if (!wire.hasRoomBeside(size) && !isWrite.getAsBoolean()) {
            isFull = true;
            return new Reply.Failure(RestErrors.otherRepliesTooLarge(limits.bodyBytesMax()));
        }
        wire.keepsReply(size);
        bytes += size;
        return reply;
    }

    /** What a command is answered that does not run, because the room is used up. */
    Reply notRun() {
        return new Reply.Failure(RestErrors.notRun(limits.bodyBytesMax()));
    }
}
