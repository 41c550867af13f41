// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.forward;

import io.grpc.Channel;
import io.meridian.engine.Args;
import io.meridian.engine.entry.Bundle;
import io.meridian.proto.AppliedRequest;
import io.meridian.proto.ForwardRequest;
import io.meridian.proto.ReadRequest;
import io.meridian.router.Peers;
import io.meridian.router.Replica;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The sending side: hands requests to other nodes and their answers back. Safe for any thread. */
public final class ForwardClient implements Peers, AutoCloseable {
    /** What one message between nodes may hold: the longest command or reply, and what stands around it. */
    public static final int MESSAGE_BYTES_MAX = 80 << 20;

    private static final long SWEEP_MILLIS = 1000;

    private final Function<String, Channel> channels;
    private final long callNanosMax;
    private final Map<String, ForwardLink> links = new ConcurrentHashMap<>();
    private final ScheduledFuture<?> sweeping;

    /**
     * @param channels gives the channel to a node, the same one each time; it stays the caller's to close
     * @param callMillisMax after so long an answer is not waited for: longer than any request is held
     */
    public ForwardClient(Function<String, Channel> channels, long callMillisMax, ScheduledExecutorService timer) {
        this.channels = channels;
        this.callNanosMax = TimeUnit.MILLISECONDS.toNanos(callMillisMax);
        this.sweeping = timer.scheduleWithFixedDelay(this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void submit(String node, String group, Bundle bundle, List<Args> reads, ForwardCompletion completion) {
        ForwardRequest.Builder request = ForwardRequest.newBuilder().setBundle(Wire.bundle(group, bundle, reads));
        link(node).send(request, new ForwardLink.BundleCall(group, bundle, completion));
    }

    @Override
    public void read(String node, ForwardedRead read, Replica.ReadCompletion completion) {
        ForwardRequest.Builder request = ForwardRequest.newBuilder()
                .setRead(ReadRequest.newBuilder()
                        .setGroup(read.group())
                        .setDatabase(read.database())
                        .setNumber(read.number())
                        .setArgs(Wire.args(read.args()))
                        .setLinearizable(read.linearizable())
                        .setFloor(read.floor())
                        .setIncarnation(read.incarnation()));
        link(node).send(request, new ForwardLink.ReadCall(completion));
    }

    @Override
    public void whenApplied(String node, String group, long index, Runnable arrived) {
        ForwardRequest.Builder request = ForwardRequest.newBuilder()
                .setApplied(AppliedRequest.newBuilder().setGroup(group).setIndex(index));
        link(node).send(request, new ForwardLink.AppliedCall(arrived));
    }

    private ForwardLink link(String node) {
        return links.computeIfAbsent(node, name -> new ForwardLink(name, channels.apply(name)));
    }

    private void sweep() {
        long oldest = System.nanoTime() - callNanosMax;
        for (ForwardLink link : links.values()) {
            link.giveUpBefore(oldest);
        }
    }

    /** Fails what is under way; the channels stay open. */
    @Override
    public void close() {
        sweeping.cancel(false);
        for (ForwardLink link : links.values()) {
            link.close();
        }
    }
}
