// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.core.State;
import io.meridian.store.Proposal.Waiting;
import io.meridian.store.transport.PeerTransport;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A preferred voter that seems well, and never comes to lead. */
@Timeout(60)
final class PreferredLeaderTest {
    private static final int ELECTION_MILLIS = 100;

    private final StoreTuning tuning =
            StoreTuning.of(2_000, 128L << 20, 30 * 60_000L).withElectionTimeoutMillis(ELECTION_MILLIS);
    private final List<Long> tries = new CopyOnWriteArrayList<>();
    private final Batcher batcher = new Batcher(tuning, new ReplicaCounters(), new NoLog(), new Gathering(0));

    /** Nobody writes. */
    private static final class NoLog implements Batcher.Log {
        @Override
        public void propose(Proposal proposal, long term) {
            throw new AssertionError("nothing is proposed");
        }

        @Override
        public void runReads(Waiting waiting) {
            throw new AssertionError("nothing is read");
        }

        @Override
        public void applied(Proposal proposal) {}

        @Override
        public void later(long nanos, Runnable action) {}
    }

    /** During a transfer JRaft has this node lead no longer, and lead again when the other one does not. */
    private Node node() {
        return (Node) Proxy.newProxyInstance(
                Node.class.getClassLoader(),
                new Class<?>[] {Node.class},
                (node, method, args) -> switch (method.getName()) {
                    case "listAlivePeers" -> List.of(PeerTransport.peerId("b"));
                    case "getLastLogIndex" -> 10L;
                    case "getNodeState" -> State.STATE_TRANSFERRING;
                    case "transferLeadershipTo" -> {
                        tries.add(System.nanoTime());
                        batcher.stopLeading("leadership is handed over");
                        yield Status.OK();
                    }
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    @Test
    void isTriedAfterPausesThatDouble() {
        LeaderTransfer transfer =
                new LeaderTransfer("here/0", "a", tuning, batcher, node(), () -> "", Optional.of("b"), name -> 10L);
        int awayTicks = 0;
        batcher.lead(1, false);
        while (tries.size() < 3) {
            transfer.tick();
            if (batcher.isLeading()) {
                awayTicks = 0;
            } else if (++awayTicks == 15) {
                batcher.lead(1, false);
            }
            LockSupport.parkNanos(10_000_000);
        }

        // The first pause is of 20 election timeouts.
        long pauseMillis = TimeUnit.NANOSECONDS.toMillis(tries.get(2) - tries.get(1));
        assertThat(pauseMillis).isGreaterThan(30 * ELECTION_MILLIS);
    }
}
