// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.Bytes;
import io.meridian.engine.Reply;
import io.meridian.engine.entry.Bundle;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long replies give way. */
class WireTest {
    private static final Bundle.Item WRITE = new Bundle.Item(0, 0, null);
    private static final Bundle.Item READ = new Bundle.Item(0, 0, _ -> Reply.NIL);
    private static final Reply LONG = new Reply.Bulk(Bytes.of(new byte[1_000]));
    private static final Reply SHORT = Reply.Bulk.of("short");

    @Test
    void repliesWithinTheLimitsAreSentAsTheyAre() {
        assertThat(sent(List.of(WRITE, READ, WRITE), List.of(Reply.OK, LONG, SHORT), 2_000, 2_000))
                .containsExactly(Reply.OK, LONG, SHORT);
    }

    @Test
    void aReadsLongReplyBecomesAnError() {
        assertThat(lines(List.of(READ, READ), List.of(LONG, SHORT), 500, 2_000))
                .containsExactly("ERR max request size exceeded. Limit: 500 bytes, Actual: 1003 bytes", "");
    }

    @Test
    void aWritesLongReplySaysThatTheWriteWasApplied() {
        assertThat(lines(List.of(WRITE), List.of(LONG), 500, 2_000).getFirst())
                .startsWith("UNKNOWN applied, but ")
                .endsWith("Limit: 500 bytes, Actual: 1003 bytes");
    }

    @Test
    void readsForWhichThereIsNoRoomGiveWayButWritesDoNot() {
        assertThat(lines(List.of(READ, READ, READ, WRITE), List.of(LONG, LONG, SHORT, LONG), 2_000, 1_500))
                .satisfiesExactly(
                        line -> assertThat(line).isEmpty(),
                        line -> assertThat(line).startsWith("ERR the replies of these commands together"),
                        line -> assertThat(line).isEmpty(),
                        line -> assertThat(line).isEmpty());
    }

    @Test
    void withoutAnyRoomShortRepliesAreStillSent() {
        assertThat(lines(List.of(READ, READ), List.of(SHORT, LONG), 2_000, -10))
                .satisfiesExactly(
                        line -> assertThat(line).isEmpty(),
                        line -> assertThat(line).startsWith("ERR the replies of these commands together"));
    }

    private static List<Reply> sent(List<Bundle.Item> items, List<Reply> replies, long max, long room) {
        return List.of(Wire.replies(
                Wire.answer(items, replies.toArray(Reply[]::new), max, room).build()));
    }

    /** The error lines, empty where there is none. */
    private static List<String> lines(List<Bundle.Item> items, List<Reply> replies, long max, long room) {
        return sent(items, replies, max, room).stream()
                .map(reply -> reply instanceof Reply.Failure failure ? failure.line() : "")
                .toList();
    }
}
