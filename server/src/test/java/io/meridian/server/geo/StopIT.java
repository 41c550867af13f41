// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.geo;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.server.testing.Client;
import io.meridian.server.testing.ClusterPlan;
import io.meridian.server.testing.LocalCluster;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients of a node see when it stops in order. */
final class StopIT {
    private static final int INCREMENTS = 200_000;

    @TempDir
    private Path folder;

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
                Thread reader = Thread.ofPlatform().start(() -> read(replies, flowing, last));
                Thread writer = Thread.ofPlatform().start(() -> write(socket));
                assertThat(flowing.await(30, TimeUnit.SECONDS)).isTrue();

                cluster.stop(leader);

                reader.join(TimeUnit.SECONDS.toMillis(30));
                writer.join(TimeUnit.SECONDS.toMillis(30));
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

    private static void read(BufferedReader replies, CountDownLatch flowing, AtomicReference<@Nullable String> last) {
        try {
            for (String line = replies.readLine(); line != null; line = replies.readLine()) {
                last.set(line);
                flowing.countDown();
            }
        } catch (SocketException _) {
            // Closed with commands unread, the connection may end with a reset; replies before it have been read.
            return;
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
    }

    private static void write(Socket socket) {
        byte[] increments = "INCR stop:counter\r\n".repeat(100).getBytes(StandardCharsets.UTF_8);
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
