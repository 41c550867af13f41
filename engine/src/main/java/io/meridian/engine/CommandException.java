// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine;

/** A command that is refused, with the error its client sees; nothing of it was applied. */
public final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Reply.Failure reply;

    /** Takes the whole error line, its code first: {@code "ERR syntax error"}. */
    public CommandException(String line) {
        this(new Reply.Failure(line));
    }

    public CommandException(Reply.Failure reply) {
        // No stack trace: a refused command is an answer, not a failure of ours, and clients can cause many a second.
        super(reply.line(), null, false, false);
        this.reply = reply;
    }

    public Reply.Failure reply() {
        return reply;
    }
}
