// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.Bytes;
import io.meridian.engine.Reply;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a command line was answered, to be asserted on.
 *
 * <p>An expected value is a Reply, a text or Bytes (a bulk string), a whole number, a List (an array), or an empty Optional
 * (no value).
 */
public record Answer(String line, Reply reply) {
    public Answer is(Object expected) {
        assertThat(reply).as(line).isEqualTo(replyOf(expected));
        return this;
    }

    public Answer isNil() {
        assertThat(reply).as(line).isEqualTo(Reply.NIL);
        return this;
    }

    /** An array of exactly these, in this order. */
    public Answer isArray(Object... expected) {
        return is(Arrays.asList(expected));
    }

    /** An array or set of exactly these, in any order. */
    public Answer isAnyOrder(Object... expected) {
        assertThat(items())
                .as(line)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(expected).map(Answer::replyOf).toList());
        return this;
    }

    /** Keys and values in turn, in this order. */
    public Answer isPairs(Object... expected) {
        assertThat(reply)
                .as(line)
                .isEqualTo(new Reply.Pairs(
                        Arrays.stream(expected).map(Answer::replyOf).toList()));
        return this;
    }

    /** An error, its code included: {@code "ERR syntax error"}. */
    public Answer fails(String errorLine) {
        return is(new Reply.Failure(errorLine));
    }

    public Answer failsWith(Reply.Failure failure) {
        return is(failure);
    }

    public Answer failsWithWrongType() {
        return failsWith(io.meridian.engine.Errors.WRONG_TYPE);
    }

    /** The items of an array, set, map or push. */
    public List<Reply> items() {
        return switch (reply) {
            case Reply.Array array -> array.items();
            case Reply.Members members -> members.items();
            case Reply.Pairs pairs -> pairs.keysAndValues();
            case Reply.Tuples tuples -> tuples.keysAndValues();
            case Reply.Push push -> push.items();
            default -> throw new AssertionError(line + " is no collection: " + reply);
        };
    }

    public long number() {
        assertThat(reply).as(line).isInstanceOf(Reply.Int.class);
        return ((Reply.Int) reply).value();
    }

    /** A bulk string as text. */
    public String text() {
        assertThat(reply).as(line).isInstanceOf(Reply.Bulk.class);
        return ((Reply.Bulk) reply).bytes().toString();
    }

    private static Reply replyOf(Object expected) {
        return switch (expected) {
            case Reply reply -> reply;
            case String text -> Reply.Bulk.of(text);
            case Bytes bytes -> new Reply.Bulk(bytes);
            case Integer number -> new Reply.Int(number);
            case Long number -> new Reply.Int(number);
            case List<?> items ->
                new Reply.Array(items.stream().map(Answer::replyOf).toList());
            case Optional<?> none when none.isEmpty() -> Reply.NIL;
            default -> throw new IllegalArgumentException("no reply looks like " + expected);
        };
    }
}
