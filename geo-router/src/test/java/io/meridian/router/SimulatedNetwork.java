// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.Reply;
import io.meridian.engine.entry.Bundle;
import io.meridian.router.testing.ManualTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Streams between nodes: each keeps its requests in order until it breaks; answers may be late, lost, or come twice.
 *
 * <p>A stream that broke is not opened again for a while, and what was under way on it is unknown.
 */
final class SimulatedNetwork {
    private static final long MILLI = 1_000_000;
    private static final long REOPEN_NANOS = 50 * MILLI;
    private static final long GIVE_UP_NANOS = 1000 * MILLI;

    private final ManualTime time;
    private final Random random;
    private final SimulatedGroup group;
    private final Map<String, Stream> streams = new HashMap<>();
    boolean faultless;
    int lost;
    int repeated;

    SimulatedNetwork(ManualTime time, Random random, SimulatedGroup group) {
        this.time = time;
        this.random = random;
        this.group = group;
    }

    private static final class Stream {
        final List<Call> calls = new ArrayList<>();
        // Where in the stream it broke: what stands before arrives all the same.
        long sent;
        long brokenFrom = Long.MAX_VALUE;
        long lastArrivalNanos;
        long brokenUntilNanos;
    }

    /** A request on its way; it is answered once, but for answers that come twice. */
    private static final class Call {
        final Peers.ForwardCompletion completion;
        boolean over;

        Call(Peers.ForwardCompletion completion) {
            this.completion = completion;
        }
    }

    /** Breaks some stream. */
    void breakOne() {
        if (!streams.isEmpty()) {
            List<String> names = streams.keySet().stream().sorted().toList();
            breakStream(names.get(random.nextInt(names.size())));
        }
    }

    private void breakStream(String way) {
        Stream stream = java.util.Objects.requireNonNull(streams.get(way));
        Stream next = new Stream();
        next.lastArrivalNanos = stream.lastArrivalNanos;
        streams.put(way, next);
        stream.brokenFrom = stream.sent - random.nextInt(stream.calls.size() + 1);
        next.brokenUntilNanos = time.nanos() + REOPEN_NANOS;
        List<Call> all = List.copyOf(stream.calls);
        stream.calls.clear();
        all.forEach(call -> fail(call, "the stream broke"));
    }

    private static void fail(Call call, String reason) {
        if (!call.over) {
            call.over = true;
            call.completion.failed(Bundle.Outcome.UNKNOWN, reason);
        }
    }

    /** The way out of a node. */
    Peers from(String sender) {
        return new Peers() {
            @Override
            public void submit(String to, String name, Bundle bundle, List<Args> reads, ForwardCompletion completion) {
                send(streams.computeIfAbsent(sender + ">" + to, _ -> new Stream()), to, bundle, completion);
            }

            @Override
            public void read(String to, ForwardedRead read, Replica.ReadCompletion completion) {
                completion.failed("no reads go home in this simulation");
            }

            @Override
            public void whenApplied(String to, String name, long index, Runnable arrived) {}
        };
    }

    private void send(Stream stream, String to, Bundle bundle, Peers.ForwardCompletion completion) {
        if (time.nanos() < stream.brokenUntilNanos) {
            completion.failed(Bundle.Outcome.NOT_APPLIED, "the stream has just broken");
            return;
        }
        Bundle copy = Bundle.received(
                bundle.origin(),
                bundle.sequence(),
                Bytes.of(bundle.bytes().toArray()),
                bundle.writes(),
                List.copyOf(bundle.items()));
        copy.ackedBelow(bundle.ackedBelow());
        copy.attempt(bundle.attempt());
        Call call = new Call(completion);
        stream.calls.add(call);
        long number = stream.sent++;
        int slow = faultless || random.nextInt(20) > 0 ? 4 : 200;
        stream.lastArrivalNanos = Math.max(stream.lastArrivalNanos, time.nanos() + (1 + random.nextInt(slow)) * MILLI);
        time.after(stream.lastArrivalNanos - time.nanos(), () -> {
            if (number < stream.brokenFrom) {
                arrive(stream, to, copy, call);
            }
        });
        time.after(GIVE_UP_NANOS, () -> {
            stream.calls.remove(call);
            fail(call, "no answer");
        });
    }

    private void arrive(Stream stream, String to, Bundle bundle, Call call) {
        Replica replica = group.node(to);
        replica.submit(bundle, new Bundle.Completion() {
            @Override
            public void applied(Reply[] replies, long incarnation, long index) {
                back(stream, call, () -> call.completion.applied(replies, incarnation, index));
            }

            @Override
            public void failed(Bundle.Outcome outcome, String reason) {
                String leader = replica.leader().orElse("");
                back(stream, call, () -> {
                    if (!leader.isEmpty()) {
                        call.completion.leaderIs(leader);
                    }
                    call.completion.failed(outcome, reason);
                });
            }
        });
    }

    private void back(Stream stream, Call call, Runnable answer) {
        if (!faultless && random.nextInt(40) == 0) {
            lost++;
            return;
        }
        boolean isTwice = !faultless && random.nextInt(30) == 0;
        time.after((1 + random.nextInt(6)) * MILLI, () -> {
            if (!call.over) {
                call.over = true;
                stream.calls.remove(call);
                answer.run();
                if (isTwice) {
                    repeated++;
                    time.after(random.nextInt(40) * MILLI, answer);
                }
            }
        });
    }
}
