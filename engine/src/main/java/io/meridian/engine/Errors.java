// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine;

import java.util.Locale;

/** The error texts of Redis that more than one family answers, in one place. */
public final class Errors {
    public static final Reply.Failure SYNTAX = new Reply.Failure("ERR syntax error");
    public static final Reply.Failure NOT_AN_INTEGER = new Reply.Failure("ERR value is not an integer or out of range");
    public static final Reply.Failure NOT_A_FLOAT = new Reply.Failure("ERR value is not a valid float");
    public static final Reply.Failure WRONG_TYPE =
            new Reply.Failure("WRONGTYPE Operation against a key holding the wrong kind of value");
    public static final Reply.Failure NO_SUCH_KEY = new Reply.Failure("ERR no such key");
    public static final Reply.Failure OUT_OF_RANGE = new Reply.Failure("ERR index out of range");
    public static final Reply.Failure TOO_LONG =
            new Reply.Failure("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
    /** In Redis' words, though the limit is the heap, not a setting. */
    public static final Reply.Failure OUT_OF_MEMORY =
            new Reply.Failure("OOM command not allowed when used memory > 'maxmemory'.");

    public static final Reply.Failure OVERFLOW = new Reply.Failure("ERR increment or decrement would overflow");

    private Errors() {}

    public static CommandException syntax() {
        return new CommandException(SYNTAX);
    }

    public static CommandException notAnInteger() {
        return new CommandException(NOT_AN_INTEGER);
    }

    public static CommandException wrongType() {
        return new CommandException(WRONG_TYPE);
    }

    /** Takes the command's name as in the table; a bar joins a subcommand. */
    public static Reply.Failure wrongArity(String name) {
        return new Reply.Failure("ERR wrong number of arguments for '" + name.toLowerCase(Locale.ROOT) + "' command");
    }

    /** Client's text as part of an error line: up to a zero, as C has it, without line breaks, which would end the line. */
    public static String printable(String text) {
        int zero = text.indexOf('\0');
        return (zero < 0 ? text : text.substring(0, zero)).replace('\r', ' ').replace('\n', ' ');
    }

    public static CommandException invalidExpire(String name) {
        return new CommandException("ERR invalid expire time in '" + name.toLowerCase(Locale.ROOT) + "' command");
    }
}
