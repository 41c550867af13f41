// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.demo;

import io.meridian.server.demo.DemoCluster.Member;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The everyday work of nodes, for the JVM to watch: what it learns is stored and serves later starts (JEP 483, 514, 515).
 *
 * <p>Clients at every kind of node, leader, follower and learner, with single commands, pipelines, each level, and REST.
 */
public final class Rehearsal {
    private static final List<String> LEVELS = List.of("eventual", "session", "linearizable");
    private static final int CLIENTS_A_NODE = 4;
    private static final int PIPELINE = 16;
    private static final int KEYS = 10_000;
    private static final String VALUE = "v".repeat(100);

    private final DemoCluster cluster;
    private final long endNanos;

    /** Of a cluster that serves. */
    public Rehearsal(DemoCluster cluster, int seconds) {
        this.cluster = cluster;
        this.endNanos = System.nanoTime() + seconds * 1_000_000_000L;
    }

    /** Works until the time is up; throws when a client met an error. */
    public void run() throws IOException, InterruptedException {
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<?>> clients = new ArrayList<>();
            for (Member member : cluster.members()) {
                for (int i = 0; i < CLIENTS_A_NODE; i++) {
                    String level = LEVELS.get(i % LEVELS.size());
                    clients.add(threads.submit(piece(() -> commands(member.resp(), level))));
                }
                clients.add(threads.submit(piece(() -> pipelines(member.resp()))));
                clients.add(threads.submit(piece(() -> rest(member.rest()))));
            }
            for (Future<?> client : clients) {
                try {
                    client.get();
                } catch (ExecutionException failed) {
                    throw new IOException("a client of the rehearsal failed", failed.getCause());
                }
            }
        }
    }

    /** What a client does over and over. */
    private interface Work {
        void run() throws IOException;
    }

    private static Callable<Boolean> piece(Work work) {
        return () -> {
            work.run();
            return true;
        };
    }

    private boolean goesOn() {
        return System.nanoTime() - endNanos < 0;
    }

    private static String key() {
        return "key:" + ThreadLocalRandom.current().nextInt(KEYS);
    }

    private void commands(InetSocketAddress address, String level) throws IOException {
        try (DemoClient client = new DemoClient(address)) {
            client.call("MERIDIAN", "CONSISTENCY", level);
            while (goesOn()) {
                String key = key();
                client.call("SET", key, VALUE);
                client.call("GET", key);
                client.call("SET", key, VALUE, "EX", "100");
                client.call("INCR", "count:" + key);
                client.call("HSET", "hash:" + key, "field", VALUE);
                client.call("HGETALL", "hash:" + key);
                client.call("LPUSH", "list:" + key, VALUE);
                client.call("LTRIM", "list:" + key, "0", "9");
                client.call("LRANGE", "list:" + key, "0", "-1");
                client.call("MGET", key(), key(), key());
                client.call("DEL", "count:" + key());
                client.call("MULTI");
                client.call("SET", key, VALUE);
                client.call("GET", key);
                client.call("EXEC");
            }
        }
    }

    private void pipelines(InetSocketAddress address) throws IOException {
        try (DemoClient client = new DemoClient(address)) {
            for (int round = 0; goesOn(); round++) {
                for (int i = 0; i < PIPELINE; i++) {
                    if (round % 2 == 0 || i % 2 == 0) {
                        client.send("SET", key(), VALUE);
                    } else {
                        client.send("GET", key());
                    }
                }
                for (int i = 0; i < PIPELINE; i++) {
                    client.reply();
                }
            }
        }
    }

    private void rest(InetSocketAddress address) throws IOException {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (goesOn()) {
                exchange(socket, in, "GET /get/" + key(), "");
                exchange(socket, in, "POST /", "[\"SET\",\"" + key() + "\",\"" + VALUE + "\"]");
                exchange(socket, in, "POST /pipeline", "[[\"SET\",\"k\",\"1\"],[\"GET\",\"k\"]]");
            }
        }
    }

    private static void exchange(Socket socket, InputStream in, String request, String body) throws IOException {
        String head = request + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + DemoCluster.TOKEN
                + "\r\nUpstash-Encoding: base64\r\nContent-Length: " + body.length() + "\r\n\r\n";
        socket.getOutputStream().write((head + body).getBytes(StandardCharsets.US_ASCII));
        String status = line(in);
        if (!status.contains(" 200 ")) {
            throw new IOException(request + ": " + status);
        }
        int length = 0;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(
                        header.substring(header.indexOf(':') + 1).strip());
            }
        }
        in.skipNBytes(length);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the connection ended");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }
}
