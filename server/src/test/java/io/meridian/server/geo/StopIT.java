// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.geo;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.meridian.server.testing.Client;
import io.meridian.server.testing.ClusterPlan;
import io.meridian.server.testing.LocalCluster;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What clients of a node see when it stops in order. */
final class StopIT {
    private static final int INCREMENTS = 200_000;

    @TempDir
    private Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    /** Every increment that was applied is answered, and no other: nothing is left unknown. */
    @Test
    void aStoppingLeaderAnswersWhatItTook() throws Exception {
        try (LocalCluster cluster = LocalCluster.start(ClusterPlan.oneRegion(3), folder)) {
            String leader = cluster.awaitLeader(cluster.plan().regions().getFirst());
            try (Socket socket = new Socket()) {
                socket.connect(cluster.resp(leader));
                String login = "AUTH default "
                        + LocalCluster.token(cluster.plan().regions().getFirst()) + "\r\n";
                socket.getOutputStream().write(login.getBytes(StandardCharsets.UTF_8));
                BufferedReader replies =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
                assertThat(replies.readLine()).isEqualTo("+OK");
                CountDownLatch flowing = new CountDownLatch(1);
                AtomicReference<@Nullable String> last = new AtomicReference<>();
                Future<?> reader = threads.submit(() -> read(replies, flowing, last));
                byte[] increments = "INCR stop:counter\r\n".repeat(100).getBytes(StandardCharsets.UTF_8);
                Future<?> writer = threads.submit(() -> write(socket, increments));
                assertThat(flowing.await(30, TimeUnit.SECONDS)).isTrue();

                cluster.stop(leader);

                reader.get(30, TimeUnit.SECONDS);
                writer.get(30, TimeUnit.SECONDS);
                String other = cluster.plan().nodes().stream()
                        .filter(cluster::isRunning)
                        .findFirst()
                        .orElseThrow();
                try (Client client = cluster.client(other)) {
                    client.run("MERIDIAN CONSISTENCY linearizable");
                    assertThat(":" + client.run("GET stop:counter")).isEqualTo(last.get());
                }
                assertThat(last.get()).isNotEqualTo(":" + INCREMENTS);
            }
        }
    }

    /** The same over HTTP/1.1, and long before the node would give up on what it took. */
    @Test
    void aStoppingLeaderAnswersTheRestWritesItTook() throws Exception {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.list = new CopyOnWriteArrayList<>();
        lines.start();
        Logger log = (Logger) LoggerFactory.getLogger("io.meridian");
        log.addAppender(lines);
        try (LocalCluster cluster = LocalCluster.start(ClusterPlan.oneRegion(3), folder)) {
            String region = cluster.plan().regions().getFirst();
            String leader = cluster.awaitLeader(region);
            try (Socket socket = new Socket()) {
                socket.connect(cluster.node(leader).restAddress());
                byte[] requests = ("POST /incr/stop:counter HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                                + LocalCluster.token(region) + "\r\nContent-Length: 0\r\n\r\n")
                        .repeat(100)
                        .getBytes(StandardCharsets.UTF_8);
                CountDownLatch flowing = new CountDownLatch(1);
                AtomicReference<@Nullable String> last = new AtomicReference<>();
                Future<?> reader = threads.submit(() -> readAnswers(socket, flowing, last));
                Future<?> writer = threads.submit(() -> write(socket, requests));
                assertThat(flowing.await(30, TimeUnit.SECONDS)).isTrue();

                cluster.stop(leader);

                // It takes no messages of other nodes by then, and must not wait for one that names the next leader.
                assertThat(lines.list)
                        .noneMatch(line -> line.getFormattedMessage().contains("no other leader"));

                reader.get(30, TimeUnit.SECONDS);
                writer.get(30, TimeUnit.SECONDS);
                String other = cluster.plan().nodes().stream()
                        .filter(cluster::isRunning)
                        .findFirst()
                        .orElseThrow();
                try (Client client = cluster.client(other)) {
                    client.run("MERIDIAN CONSISTENCY linearizable");
                    assertThat(client.run("GET stop:counter")).isEqualTo(last.get());
                }
                assertThat(last.get()).isNotEqualTo("" + INCREMENTS);
            }
        } finally {
            log.detachAppender(lines);
        }
        assertThat(lines.list).noneMatch(line -> line.getFormattedMessage().contains("unanswered"));
    }

    /** Looks for results in what comes; the last one may be followed by a reset. */
    private static boolean readAnswers(Socket socket, CountDownLatch flowing, AtomicReference<@Nullable String> last)
            throws IOException {
        Pattern result = Pattern.compile("\\{\"result\":(\\d+)}");
        byte[] bytes = new byte[64 * 1024];
        StringBuilder unread = new StringBuilder();
        try {
            InputStream in = socket.getInputStream();
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                unread.append(new String(bytes, 0, count, StandardCharsets.ISO_8859_1));
                Matcher found = result.matcher(unread);
                int end = 0;
                while (found.find()) {
                    last.set(found.group(1));
                    end = found.end();
                    flowing.countDown();
                }
                unread.delete(0, end);
            }
            return true;
        } catch (SocketException _) {
            return false;
        }
    }

    private static boolean read(BufferedReader replies, CountDownLatch flowing, AtomicReference<@Nullable String> last)
            throws IOException {
        try {
            for (String line = replies.readLine(); line != null; line = replies.readLine()) {
                last.set(line);
                flowing.countDown();
            }
            return true;
        } catch (SocketException _) {
            // Closed with commands unread, the connection may end with a reset; replies before it have been read.
            return false;
        }
    }

    /** @param increments a hundred of them */
    private static void write(Socket socket, byte[] increments) {
        try {
            for (int sent = 0; sent < INCREMENTS; sent += 100) {
                socket.getOutputStream().write(increments);
            }
        } catch (IOException _) {
            // The node has stopped; what it took, the reader counts.
            return;
        }
    }
}
