// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.load;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.meridian.bench.client.Target;
import io.meridian.bench.etcd.KVGrpc;
import io.meridian.bench.etcd.PutRequest;
import io.meridian.bench.etcd.RangeRequest;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Clients of etcd over gRPC, each with one request under way, over a few HTTP/2 connections; two threads for all. */
public final class EtcdLoad implements AutoCloseable {
    private static final long LATENCY_NANOS_MAX = 3_600_000_000_000L;
    private static final long STALL_SECONDS = 60;
    // gRPC in Java takes more processor time for a request than redis-benchmark: one thread could be the bottleneck.
    private static final int THREADS = 2;

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(THREADS, NioIoHandler.newFactory());
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final ByteString value;
    private final long keys;

    /**
     * @param port of the member to talk to
     * @param channels how many connections
     * @param valueBytes the length of values
     * @param keys how many keys there are
     */
    public EtcdLoad(int port, int channels, int valueBytes, long keys) {
        this.value = ByteString.copyFromUtf8(Words.value(valueBytes));
        this.keys = keys;
        for (int i = 0; i < channels; i++) {
            this.channels.add(NettyChannelBuilder.forAddress(Target.HOST, port)
                    .usePlaintext()
                    .directExecutor()
                    .eventLoopGroup(loop)
                    .channelType(NioSocketChannel.class)
                    .build());
        }
    }

    /** Puts of random keys by so many clients. */
    public Result put(int clients, Until until) throws IOException, InterruptedException {
        return run(
                clients,
                until,
                (stub, client) -> stub.put(
                        PutRequest.newBuilder()
                                .setKey(randomKey())
                                .setValue(value)
                                .build(),
                        client.observer()));
    }

    /** Linearizable gets of random keys by so many clients. */
    public Result range(int clients, Until until) throws IOException, InterruptedException {
        return run(
                clients,
                until,
                (stub, client) ->
                        stub.range(RangeRequest.newBuilder().setKey(randomKey()).build(), client.observer()));
    }

    /** A put by a client that waits for each reply. */
    public OneAtATime.Write blockingPut() {
        KVGrpc.KVBlockingStub stub = KVGrpc.newBlockingStub(channels.getFirst());
        return key -> {
            var _ = stub.put(PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8(Words.key(key)))
                    .setValue(value)
                    .build());
        };
    }

    private ByteString randomKey() {
        return ByteString.copyFromUtf8(Words.key(ThreadLocalRandom.current().nextLong(keys)));
    }

    /** Sends a request whose reply goes to a client; its content does not matter. */
    private interface Request {
        void send(KVGrpc.KVStub stub, Client client);
    }

    /** What the clients of one run share. */
    private static final class Run {
        private final Until until;
        private final Request request;
        private final long started = System.nanoTime();
        private final Histogram latencies = new ConcurrentHistogram(LATENCY_NANOS_MAX, 3);
        private final AtomicLong answered = new AtomicLong();
        private final AtomicInteger active;
        private final CompletableFuture<Boolean> ended = new CompletableFuture<>();

        private Run(int clients, Until until, Request request) {
            this.until = until;
            this.request = request;
            this.active = new AtomicInteger(clients);
        }
    }

    /** One client: sends the next request when the last one is answered. */
    private static final class Client {
        private final Run run;
        private final KVGrpc.KVStub stub;
        private long sentAt;

        private Client(Run run, KVGrpc.KVStub stub) {
            this.run = run;
            this.stub = stub;
        }

        private void next() {
            sentAt = System.nanoTime();
            run.request.send(stub, this);
        }

        private void answered() {
            long now = System.nanoTime();
            run.latencies.recordValue(Math.min(LATENCY_NANOS_MAX, now - sentAt));
            long count = run.answered.incrementAndGet();
            // Others have requests under way: the count may end up higher by one for each client.
            if (count < run.until.requests() && now - run.started < run.until.nanos()) {
                next();
            } else if (run.active.decrementAndGet() == 0) {
                run.ended.complete(true);
            }
        }

        /** An observer of one reply. */
        private <T> StreamObserver<T> observer() {
            return new StreamObserver<>() {
                @Override
                public void onNext(T reply) {
                    // One comes, and then the end.
                }

                @Override
                public void onError(Throwable failure) {
                    run.ended.completeExceptionally(failure);
                }

                @Override
                public void onCompleted() {
                    answered();
                }
            };
        }
    }

    private Result run(int clients, Until until, Request request) throws IOException, InterruptedException {
        Run run = new Run(clients, until, request);
        for (int i = 0; i < clients; i++) {
            new Client(run, KVGrpc.newStub(channels.get(i % channels.size()))).next();
        }
        try {
            run.ended.get(TimeUnit.NANOSECONDS.toSeconds(until.nanos()) + STALL_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IOException("a request to etcd failed", e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("etcd answers no more", e);
        }
        return new Result(
                run.answered.get(),
                (System.nanoTime() - run.started) / 1e9,
                run.latencies.getValueAtPercentile(50) / 1e6,
                run.latencies.getValueAtPercentile(99) / 1e6);
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
