// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.load;

import io.meridian.bench.client.ReplyCounter;
import io.meridian.bench.client.Target;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/**
 * A load of GET and SET over RESP, for what redis-benchmark cannot do: pipelines of several commands, keys in turn.
 *
 * <p>One thread for all connections, as redis-benchmark by default. Each connection sends a batch, waits for all its
 * replies, and sends the next.
 */
public final class RespLoad {
    private static final int READ_BYTES = 256 * 1024;
    private static final long STALL_MILLIS = 30_000;
    private static final long LATENCY_NANOS_MAX = 3_600_000_000_000L;

    /** A command of the load. */
    public enum Verb {
        GET,
        SET
    }

    /** Which keys are taken. */
    public enum Order {
        /** Any of them. */
        RANDOM,
        /** One after the other, from 0. */
        IN_TURN
    }

    /**
     * What to send.
     *
     * @param verbs what a batch is made of, over and over
     * @param pipeline how many commands a batch has
     * @param valueBytes the length of values
     * @param keys how many keys there are
     */
    public record Shape(List<Verb> verbs, int connections, int pipeline, int valueBytes, long keys, Order order) {}

    private final Shape shape;
    private final Until until;
    private final Histogram latencies = new Histogram(LATENCY_NANOS_MAX, 3);
    private final SplittableRandom random = new SplittableRandom(1);
    private final ByteBuffer in = ByteBuffer.allocateDirect(READ_BYTES);
    private long turn;
    private long sent;
    private long answered;
    private int active;
    private long started;

    private RespLoad(Shape shape, Until until) {
        this.shape = shape;
        this.until = until;
    }

    /**
     * Runs the load; throws IOException when a reply is an error, a GET finds nothing, or no reply comes for 30 s.
     */
    public static Result run(Target target, Shape shape, Until until) throws IOException {
        return new RespLoad(shape, until).run(target);
    }

    /** One connection: its batch stays the same but for the digits of the keys. */
    private final class Lane {
        private final SocketChannel channel;
        private final ByteBuffer out;
        private final int[] digitsAt = new int[shape.pipeline];
        private final ReplyCounter replies = new ReplyCounter();
        private long awaited;
        private long sentAt;

        private Lane(Target target) throws IOException {
            channel = SocketChannel.open();
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.connect(target.address());
            if (!target.token().isEmpty()) {
                authenticate(target);
            }
            List<byte[]> commands = new ArrayList<>();
            int length = 0;
            for (int i = 0; i < shape.pipeline; i++) {
                byte[] command = command(shape.verbs.get(i % shape.verbs.size()));
                digitsAt[i] = length + digitsIn(command);
                length += command.length;
                commands.add(command);
            }
            out = ByteBuffer.allocateDirect(length);
            commands.forEach(out::put);
        }

        private void authenticate(Target target) throws IOException {
            channel.write(ByteBuffer.wrap(ReplyCounter.encode("AUTH", target.user(), target.token())));
            ByteBuffer reply = ByteBuffer.allocate(512);
            ReplyCounter counter = new ReplyCounter();
            while (counter.replies() == 0) {
                if (channel.read(reply.clear()) < 0) {
                    throw new IOException("the connection ended in reply to AUTH");
                }
                counter.read(reply.flip());
            }
            requireNoError(counter);
        }

        private void send(Selector selector) throws IOException {
            for (int i = 0; i < shape.pipeline; i++) {
                long number = shape.order == Order.RANDOM ? random.nextLong(shape.keys) : turn++ % shape.keys;
                int at = digitsAt[i] + Words.DIGITS;
                for (int digit = 0; digit < Words.DIGITS; digit++) {
                    out.put(--at, (byte) ('0' + number % 10));
                    number /= 10;
                }
            }
            sent += shape.pipeline;
            awaited += shape.pipeline;
            sentAt = System.nanoTime();
            out.clear();
            write(selector);
        }

        private void write(Selector selector) throws IOException {
            channel.write(out);
            // Sockets take a batch at once; where one does not, the rest goes when it can.
            channel.register(
                            selector,
                            out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ)
                    .attach(this);
        }

        private void ready(SelectionKey key, Selector selector) throws IOException {
            if (key.isWritable()) {
                write(selector);
            }
            if (!key.isReadable()) {
                return;
            }
            if (channel.read(in.clear()) < 0) {
                throw new IOException("a connection ended with " + (awaited - replies.replies()) + " replies missing");
            }
            replies.read(in.flip());
            requireNoError(replies);
            if (replies.replies() < awaited) {
                return;
            }
            long now = System.nanoTime();
            latencies.recordValue(Math.min(LATENCY_NANOS_MAX, now - sentAt));
            answered += shape.pipeline;
            if (goesOn(now)) {
                send(selector);
            } else {
                active--;
            }
        }
    }

    private byte[] command(Verb verb) {
        return switch (verb) {
            case GET -> ReplyCounter.encode("GET", Words.key(0));
            case SET -> ReplyCounter.encode("SET", Words.key(0), Words.value(shape.valueBytes));
        };
    }

    private static int digitsIn(byte[] command) {
        // "key:" occurs once: neither the verbs nor the values have a colon.
        int colon = 0;
        while (command[colon] != ':') {
            colon++;
        }
        return colon + 1;
    }

    private static void requireNoError(ReplyCounter replies) throws IOException {
        if (replies.errors() > 0) {
            throw new IOException("answered with an error: " + replies.firstError());
        }
        if (replies.nils() > 0) {
            throw new IOException("a GET of a key that was written found nothing");
        }
    }

    private boolean goesOn(long now) {
        return sent < until.requests() && now - started < until.nanos();
    }

    private Result run(Target target) throws IOException {
        List<Lane> lanes = new ArrayList<>();
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < shape.connections; i++) {
                Lane lane = new Lane(target);
                lanes.add(lane);
                lane.channel.configureBlocking(false);
            }
            started = System.nanoTime();
            for (Lane lane : lanes) {
                if (sent < until.requests()) {
                    active++;
                    lane.send(selector);
                }
            }
            while (active > 0) {
                int served = selector.select(key -> serve(key, selector), STALL_MILLIS);
                if (served == 0) {
                    throw new IOException("no reply for " + STALL_MILLIS / 1000 + " s; " + active + " of "
                            + lanes.size() + " connections wait");
                }
            }
        } catch (LaneException e) {
            throw e.cause;
        } finally {
            for (Lane lane : lanes) {
                lane.channel.close();
            }
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        return new Result(
                answered, seconds, latencies.getValueAtPercentile(50) / 1e6, latencies.getValueAtPercentile(99) / 1e6);
    }

    private static void serve(SelectionKey key, Selector selector) {
        Lane lane = (Lane) key.attachment();
        try {
            lane.ready(key, selector);
        } catch (IOException e) {
            throw new LaneException(e);
        }
    }

    /** Carries an IOException through the selector's callback. */
    private static final class LaneException extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final IOException cause;

        private LaneException(IOException cause) {
            super(cause);
            this.cause = cause;
        }
    }
}
