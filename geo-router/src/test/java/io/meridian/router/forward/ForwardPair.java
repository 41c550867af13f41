// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.forward;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.meridian.engine.Args;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.entry.Bundle;
import io.meridian.router.Peers;
import io.meridian.router.Replica;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A node that forwards to another, "us-1", over gRPC on the loopback interface. */
final class ForwardPair implements AutoCloseable {
    static final int REPLY_BYTES_MAX = 10 << 20;
    static final String GROUP = "us/0";

    final FakeReplica replica = new FakeReplica();
    final ManagedChannel channel;
    private final Server server;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final ForwardClient client;

    ForwardPair() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .maxInboundMessageSize(ForwardClient.MESSAGE_BYTES_MAX)
                .addService(
                        new ForwardService(Map.of(GROUP, replica), CommandTable.REDIS, REPLY_BYTES_MAX, Runnable::run))
                .build()
                .start();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .maxInboundMessageSize(ForwardClient.MESSAGE_BYTES_MAX)
                .build();
        client = new ForwardClient(_ -> channel, 60_000, timer);
    }

    /** What became of a bundle: its replies, or "NOT_APPLIED reason". */
    record Fate(List<Reply> replies, String failure) {
        boolean isApplied() {
            return failure.isEmpty();
        }
    }

    /** A bundle of one write. */
    static Bundle write(long sequence, int attempt) {
        Bundle bundle = new Bundle(5, sequence);
        bundle.write(0, 0, Args.of("SET", "k", String.valueOf(sequence)));
        bundle.attempt(attempt);
        return bundle;
    }

    /** A bundle of one write with so many reads behind it. */
    static Bundle writeAndReads(int reads) {
        Bundle bundle = write(1, 0);
        for (int i = 0; i < reads; i++) {
            bundle.read(0, 0, query());
        }
        return bundle;
    }

    private static Command.Query query() {
        return ((Command.Read) CommandTable.REDIS.require(Args.of("GET", "k")))
                .parser()
                .parse(Args.of("GET", "k"));
    }

    CompletableFuture<Fate> submit(Bundle bundle) {
        return submit(GROUP, bundle);
    }

    CompletableFuture<Fate> submit(String group, Bundle bundle) {
        CompletableFuture<Fate> fate = new CompletableFuture<>();
        List<Args> reads = Collections.nCopies(bundle.size() - bundle.writes(), Args.of("GET", "k"));
        client.submit("us-1", group, bundle, reads, new Peers.ForwardCompletion() {
            @Override
            public void leaderIs(String node) {}

            @Override
            public void applied(Reply[] replies, long incarnation, long index) {
                fate.complete(new Fate(List.of(replies), ""));
            }

            @Override
            public void failed(Bundle.Outcome outcome, String reason) {
                fate.complete(new Fate(List.of(), outcome + " " + reason));
            }
        });
        return fate.orTimeout(60, TimeUnit.SECONDS);
    }

    /** A read's reply; fails with the reason when it was refused. */
    CompletableFuture<Reply> read() {
        CompletableFuture<Reply> later = new CompletableFuture<>();
        client.read(
                "us-1",
                new Peers.ForwardedRead(GROUP, 0, 0, true, 0, 0, Args.of("GET", "k")),
                new Replica.ReadCompletion() {
                    @Override
                    public void done(Reply reply, Replica.Shown shown) {
                        later.complete(reply);
                    }

                    @Override
                    public void failed(String reason) {
                        later.completeExceptionally(new IllegalStateException(reason));
                    }
                });
        return later.orTimeout(60, TimeUnit.SECONDS);
    }

    /** The other node is gone. */
    void stopServer() {
        try {
            server.shutdownNow().awaitTermination();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        client.close();
        channel.shutdownNow();
        stopServer();
        timer.shutdownNow();
    }
}
