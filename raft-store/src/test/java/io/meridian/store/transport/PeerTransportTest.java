// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import static io.meridian.store.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import com.alipay.sofa.jraft.error.InvokeTimeoutException;
import com.alipay.sofa.jraft.error.RemotingException;
import com.alipay.sofa.jraft.option.NodeOptions;
import com.alipay.sofa.jraft.rpc.CliRequests;
import com.alipay.sofa.jraft.rpc.Connection;
import com.alipay.sofa.jraft.rpc.RpcContext;
import com.alipay.sofa.jraft.rpc.RpcProcessor;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.ErrorResponse;
import com.alipay.sofa.jraft.rpc.RpcRequests.PingRequest;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two transports, without Raft. */
class PeerTransportTest {
    private static final PingRequest PING =
            PingRequest.newBuilder().setSendTimestamp(1).build();

    private final TransportThreads threads = TransportThreads.start(2);
    private final PeerAddresses addresses = new PeerAddresses();
    private final List<TestPeers> started = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        started.forEach(TestPeers::close);
        threads.close();
    }

    @Test
    void requestsAreAnswered() throws Exception {
        TestPeers a = start("test", "a");
        start("test", "b");
        eventually("a is connected", () -> a.transport().isReady("b"));

        Object reply = call(a, "b", PING, 5_000).get(10, TimeUnit.SECONDS);

        assertThat(reply)
                .isInstanceOfSatisfying(
                        ErrorResponse.class, ok -> assertThat(ok.getErrorCode()).isZero());
        assertThat(a.transport().counters().messagesSent()).isEqualTo(1);
        assertThat(a.transport().counters().messagesReceived()).isEqualTo(1);
    }

    @Test
    void anUnknownOrUnconnectedPeerFailsAtOnce() throws Exception {
        TestPeers a = start("test", "a");
        addresses.put("gone", "127.0.0.1", 1);

        assertThatThrownBy(() -> a.transport().call("nowhere", PING, (_, _) -> {}, 5_000))
                .isInstanceOf(RemotingException.class)
                .hasMessageContaining("nowhere");
        assertThatThrownBy(() -> a.transport().call("gone", PING, (_, _) -> {}, 5_000))
                .isInstanceOf(RemotingException.class);
        assertThat(a.transport().counters().refused()).isEqualTo(2);
    }

    @Test
    void theTermOfAnotherNodesReplicaIsAskedFor() throws Exception {
        TestPeers a = start("test", "a");
        TestPeers b = start("test", "b");
        eventually("a is connected", () -> a.transport().isReady("b"));
        b.transport().answerTerm("g", () -> 7);

        assertThat(term(a, "b", "g")).isEqualTo(7);
        assertThat(term(a, "b", "another")).isZero();
        assertThat(term(a, "nowhere", "g")).isNegative();
        b.transport().forgetGroup("g");
        assertThat(term(a, "b", "g")).isZero();
    }

    private static long term(TestPeers from, String node, String group) throws Exception {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        from.transport().askTerm(node, group, 5_000, answer::complete);
        return answer.get(10, TimeUnit.SECONDS);
    }

    @Test
    void anotherClusterIsRefused() throws Exception {
        try (LoggedLines logged = new LoggedLines(Level.ERROR)) {
            TestPeers b = start("other", "b");
            TestPeers a = start("test", "a");

            eventually("b has refused a", () -> b.server().refusals() > 0);

            assertThat(a.transport().isConnected("b")).isFalse();
            eventually(
                    "it is logged",
                    () -> !logged.containing("cluster is 'test', here it is 'other'")
                            .isEmpty());
        }
    }

    @Test
    void aNodeAtAnothersAddressIsRefused() throws Exception {
        TestPeers a = start("test", "a");
        TestPeers b = start("test", "b");
        addresses.put("c", "127.0.0.1", b.port());

        eventually("b has refused to be c", () -> b.server().refusals() > 0);

        assertThat(a.transport().isConnected("c")).isFalse();
    }

    @Test
    void aMovedNodeIsFoundAtItsNewAddress() throws Exception {
        TestPeers a = start("test", "a");
        TestPeers b = start("test", "b");
        eventually("a is connected", () -> a.transport().isReady("b"));
        b.close();
        eventually("a has noticed", () -> !a.transport().isConnected("b"));

        TestPeers moved = start("test", "b");

        assertThat(moved.port()).isNotEqualTo(b.port());
        eventually("a is connected again", () -> a.transport().isReady("b"));
        assertThat(call(a, "b", PING, 5_000).get(10, TimeUnit.SECONDS)).isInstanceOf(ErrorResponse.class);
    }

    @Test
    void aCallWithoutReplyTimesOutOnce() throws Exception {
        TestPeers a = start("test", "a");
        TestPeers b = start("test", "b");
        b.transport().rpcServer().registerProcessor(processor(PingRequest.class, (_, _) -> {}));
        eventually("a is connected", () -> a.transport().isReady("b"));

        CompletableFuture<Object> reply = call(a, "b", PING, 50);

        assertThatThrownBy(() -> reply.get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InvokeTimeoutException.class);
        assertThat(a.transport().counters().timeouts()).isEqualTo(1);
    }

    @Test
    void waitingCallsFailWhenTheStreamBreaksAndItsEndIsToldOnce() throws Exception {
        TestPeers a = start("test", "a");
        TestPeers b = start("test", "b");
        AtomicInteger closed = new AtomicInteger();
        CompletableFuture<Connection> connection = new CompletableFuture<>();
        b.transport()
                .rpcServer()
                .registerProcessor(
                        processor(PingRequest.class, (context, _) -> connection.complete(context.getConnection())));
        b.transport().rpcServer().registerConnectionClosedEventListener((_, ended) -> {
            if (ended.equals(connection.getNow(null))) {
                closed.incrementAndGet();
            }
        });
        eventually("a is connected", () -> a.transport().isReady("b"));
        CompletableFuture<Object> reply = call(a, "b", PING, 60_000);

        connection.get(10, TimeUnit.SECONDS).close();

        assertThatThrownBy(() -> reply.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(RemotingException.class);
        eventually(
                "a has connected again",
                () -> a.transport().isReady("b") && a.transport().counters().connects() == 3);
        b.close();
        assertThat(closed).hasValue(1);
    }

    @Test
    void entriesKeepTheirOrderWhateverTheirLength() throws Exception {
        TestPeers a = start("test", "a");
        TestPeers b = start("test", "b");
        List<Long> indices = new CopyOnWriteArrayList<>();
        b.transport().rpcServer().registerProcessor(processor(AppendEntriesRequest.class, (_, request) -> {
            AppendEntriesRequest entries = (AppendEntriesRequest) request;
            assertThat(entries.getData().size()).isEqualTo(size((int) entries.getPrevLogIndex()));
            indices.add(entries.getPrevLogIndex());
        }));
        eventually("a is connected", () -> a.transport().isReady("b"));

        for (int i = 0; i < 200; i++) {
            a.transport().call("b", entries(i, size(i)), (_, _) -> {}, 60_000);
        }

        eventually("all have come", () -> indices.size() == 200);
        assertThat(indices).isSorted();
    }

    @Test
    void aRequestTooLongForThePeerEndsTheStreamOnly() throws Exception {
        TestPeers a = start("test", "a");
        start("test", "b");
        eventually("a is connected", () -> a.transport().isReady("b"));

        CompletableFuture<Object> reply =
                call(a, "b", entries(1, TransportOptions.defaults().messageBytesMax()), 60_000);

        assertThatThrownBy(() -> reply.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(RemotingException.class);
        eventually("a is connected again", () -> a.transport().isReady("b"));
    }

    @Test
    void administrativeRequestsDoNotTravel() throws Exception {
        TestPeers a = start("test", "a");
        Message removal = CliRequests.RemovePeerRequest.newBuilder()
                .setGroupId("g")
                .setLeaderId("a:1")
                .setPeerId("b:1")
                .build();

        assertThatThrownBy(() -> a.transport().call("b", removal, (_, _) -> {}, 1_000))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void optionsOfNoTransportAreRefused() {
        assertThatThrownBy(() -> new PeerRpcFactory().createRpcClient(null).init(new NodeOptions()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nodeOptions()");
    }

    private static int size(int index) {
        return index % 20 == 0 ? 1_000_000 : index * 17;
    }

    private static AppendEntriesRequest entries(long index, int bytes) {
        return AppendEntriesRequest.newBuilder()
                .setGroupId("g")
                .setServerId("a:1")
                .setPeerId("b:1")
                .setTerm(1)
                .setPrevLogTerm(1)
                .setPrevLogIndex(index)
                .setCommittedIndex(0)
                .setData(ByteString.copyFrom(new byte[bytes]))
                .build();
    }

    private TestPeers start(String cluster, String node) throws IOException {
        TestPeers peers = TestPeers.start(cluster, node, addresses, threads);
        started.add(peers);
        addresses.put(node, "127.0.0.1", peers.port());
        return peers;
    }

    private static CompletableFuture<Object> call(TestPeers from, String to, Message request, long timeoutMillis)
            throws RemotingException {
        CompletableFuture<Object> reply = new CompletableFuture<>();
        from.transport()
                .call(
                        to,
                        request,
                        (result, error) -> {
                            boolean isFirst =
                                    error == null ? reply.complete(result) : reply.completeExceptionally(error);
                            assertThat(isFirst).isTrue();
                        },
                        timeoutMillis);
        return reply;
    }

    private interface Handler {
        void handle(RpcContext context, Message request);
    }

    private static RpcProcessor<Message> processor(Class<?> interest, Handler handler) {
        return new RpcProcessor<>() {
            @Override
            public void handleRequest(RpcContext context, Message request) {
                handler.handle(context, request);
            }

            @Override
            public String interest() {
                return interest.getName();
            }

            @Override
            public Executor executor() {
                return Runnable::run;
            }
        };
    }
}
