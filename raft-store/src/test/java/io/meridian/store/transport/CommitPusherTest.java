// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.RaftOutter.EntryMeta;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommitPusherTest {
    private final List<AppendEntriesRequest> pushed = new ArrayList<>();
    private final CommitPusher pusher = new CommitPusher((_, request) -> pushed.add(request), new TransportCounters());

    @Test
    void vouchesForTheLastEntrySent() {
        pusher.sent("b", entries(2, 10, 3, 9));

        int told = pusher.push("g", 2, 12);

        assertThat(told).isEqualTo(1);
        assertThat(pushed).singleElement().satisfies(request -> {
            assertThat(request.getEntriesCount()).isZero();
            assertThat(request.hasData()).isFalse();
            assertThat(request.getTerm()).isEqualTo(2);
            assertThat(request.getPrevLogIndex()).isEqualTo(13);
            assertThat(request.getPrevLogTerm()).isEqualTo(2);
            assertThat(request.getCommittedIndex()).isEqualTo(12);
        });
    }

    @Test
    void neverTellsMoreThanWasSent() {
        pusher.sent("b", entries(2, 10, 3, 9));

        pusher.push("g", 2, 99);

        assertThat(pushed)
                .singleElement()
                .satisfies(request -> assertThat(request.getCommittedIndex()).isEqualTo(13));
    }

    @Test
    void doesNotRepeatWhatIsKnown() {
        pusher.sent("b", entries(2, 10, 3, 11));

        assertThat(pusher.push("g", 2, 11)).isZero();
        assertThat(pusher.push("g", 2, 12)).isEqualTo(1);
        assertThat(pusher.push("g", 2, 12)).isZero();
    }

    @Test
    void saysNothingOfEntriesOfAnotherTerm() {
        pusher.sent("b", entries(2, 10, 3, 9));

        assertThat(pusher.push("g", 3, 12)).isZero();
        assertThat(pusher.push("g", 1, 12)).isZero();
        assertThat(pushed).isEmpty();
    }

    @Test
    void aReplicaWhoseEntriesLeaveAfterThePushIsToldToo() {
        pusher.sent("b", entries(2, 10, 3, 9));
        pusher.push("g", 2, 13);

        pusher.sent("c", entries(2, 10, 3, 9));

        assertThat(pushed).hasSize(2);
        assertThat(pushed.getLast().getPeerId()).isEqualTo("peer:1");
        assertThat(pushed.getLast().getCommittedIndex()).isEqualTo(13);
    }

    @Test
    void aReplicaWhoseStreamBrokeIsToldNothingUntilEntriesFlowAgain() {
        pusher.sent("b", entries(2, 10, 3, 9));

        pusher.forget("b");

        assertThat(pusher.push("g", 2, 13)).isZero();
        pusher.sent("b", entries(2, 12, 2, 9));
        assertThat(pushed)
                .singleElement()
                .satisfies(request -> assertThat(request.getPrevLogIndex()).isEqualTo(14));
    }

    private static AppendEntriesRequest entries(long term, long prevIndex, int count, long committed) {
        AppendEntriesRequest.Builder request = AppendEntriesRequest.newBuilder()
                .setGroupId("g")
                .setServerId("a:1")
                .setPeerId("peer:1")
                .setTerm(term)
                .setPrevLogIndex(prevIndex)
                .setPrevLogTerm(1)
                .setCommittedIndex(committed);
        for (int i = 0; i < count; i++) {
            request.addEntries(EntryMeta.newBuilder()
                    .setTerm(term)
                    .setType(EntryType.ENTRY_TYPE_DATA)
                    .setDataLen(1));
        }
        return request.build();
    }
}
