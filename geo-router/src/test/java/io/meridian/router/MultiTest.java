// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.Moment;
import io.meridian.engine.Reply;
import io.meridian.engine.apply.GroupState;
import io.meridian.engine.apply.ReplyBudget;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.keyspace.KeyspaceView;
import io.meridian.engine.value.StringValue;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The reads of a transaction that has no writes, answered by this node's replica. */
class MultiTest {
    private final GroupState state = GroupState.begun(CommandTable.REDIS, 1, 2);

    @Test
    void theRepliesOfReadsAloneAreBoundedToo() {
        state.keyspace(0, 0, new Moment(0, 10, 0))
                .put(Bytes.of("large"), new StringValue(Bytes.of(new byte[40 << 20])), KeyspaceView.NEVER);
        Multi multi = new Multi();
        for (String key : List.of("none", "large", "large", "none")) {
            Args get = Args.of("GET", key);
            multi.add(CommandTable.REDIS.require(get), get, 0);
        }

        List<Reply> replies = ((Reply.Array) multi.query().on(state.view(0, 0, 10, 0))).items();

        assertThat(replies.getFirst()).isEqualTo(Reply.NIL);
        assertThat(((Reply.Bulk) replies.get(1)).bytes().length()).isEqualTo(40 << 20);
        assertThat(replies.subList(2, 4)).containsExactly(ReplyBudget.SPENT, ReplyBudget.SPENT);
    }
}
