// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.router.topology.HostPort;
import io.meridian.server.testing.Await;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class AdminServerTest {
    /** More than the buffers between two sockets hold. */
    private static final int LARGE_BYTES = 8 << 20;

    private final Health health = new Health();
    private final AtomicReference<Optional<String>> diskProblem = new AtomicReference<>(Optional.empty());
    private final HttpClient client = HttpClient.newHttpClient();
    private AdminServer server;

    @BeforeEach
    void start() throws IOException {
        health.aliveWhile("applier", Optional::empty);
        health.readyWhile("group us/0", Optional::empty);
        health.readyWhile("disk", diskProblem::get);
        server = AdminServer.start(new HostPort("127.0.0.1", 0), health, () -> "# metrics\nup 1\n");
    }

    @AfterEach
    void stop() {
        server.close();
        client.close();
    }

    @Test
    void everyCheckIsALine() throws Exception {
        HttpResponse<String> live = get("/livez");
        HttpResponse<String> ready = get("/readyz");

        assertThat(live.statusCode()).isEqualTo(200);
        assertThat(live.body()).isEqualTo("[+]applier ok\n");
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(ready.body()).isEqualTo("[+]disk ok\n[+]group us/0 ok\n");
        assertThat(ready.headers().firstValue("content-type")).contains("text/plain; charset=utf-8");
    }

    @Test
    void oneBadCheckMakesTheNodeUnreadyButNotDead() throws Exception {
        diskProblem.set(Optional.of("full"));

        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(get("/readyz").body()).isEqualTo("[-]disk full\n[+]group us/0 ok\n");
        assertThat(get("/livez").statusCode()).isEqualTo(200);
    }

    @Test
    void aCheckThatThrowsIsABadCheck() throws Exception {
        health.readyWhile("disk", () -> {
            throw new IllegalStateException("gone");
        });

        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(get("/readyz").body())
                .startsWith("[-]disk the check failed: java.lang.IllegalStateException: gone\n");
    }

    @Test
    void syncWaitsUntilTheNodeHasCaughtUp() throws Exception {
        CompletableFuture<Void> caughtUp = new CompletableFuture<>();
        AtomicReference<Duration> asked = new AtomicReference<>();
        CompletableFuture<Void> wasAsked = new CompletableFuture<>();
        health.catchUpBy(timeout -> {
            asked.set(timeout);
            wasAsked.complete(null);
            return caughtUp;
        });

        CompletableFuture<HttpResponse<String>> reply =
                client.sendAsync(request("/readyz?sync&timeout=1500ms"), HttpResponse.BodyHandlers.ofString());
        wasAsked.join();

        assertThat(asked.get()).isEqualTo(Duration.ofMillis(1_500));
        assertThat(reply).isNotDone();
        caughtUp.complete(null);
        assertThat(reply.join().statusCode()).isEqualTo(200);
        assertThat(reply.join().body()).startsWith("[+]sync ok\n");
    }

    @Test
    void syncThatFailsSaysWhy() throws Exception {
        health.catchUpBy(_ -> CompletableFuture.failedFuture(new TimeoutException("group us/0 is 12 entries behind")));

        HttpResponse<String> reply = get("/readyz?sync");

        assertThat(reply.statusCode()).isEqualTo(503);
        assertThat(reply.body()).startsWith("[-]sync group us/0 is 12 entries behind\n[+]disk ok\n");
    }

    @Test
    void badTimeoutsAreRefused() throws Exception {
        assertThat(get("/readyz?sync&timeout=soon").statusCode()).isEqualTo(400);
        assertThat(get("/readyz?sync&timeout=61s").statusCode()).isEqualTo(400);
        assertThat(get("/readyz?sync&timeout=60s").statusCode()).isEqualTo(200);
    }

    @Test
    void metricsAreServedAsPrometheusText() throws Exception {
        HttpResponse<String> reply = get("/metrics");

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo("# metrics\nup 1\n");
        assertThat(reply.headers().firstValue("content-type")).contains(AdminEndpoints.METRICS_TYPE);
    }

    @Test
    void otherPathsAndMethodsAreRefused() throws Exception {
        assertThat(get("/").statusCode()).isEqualTo(404);
        HttpResponse<String> post = client.send(
                HttpRequest.newBuilder(uri("/livez"))
                        .POST(HttpRequest.BodyPublishers.ofString("x"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(post.statusCode()).isEqualTo(405);
        HttpResponse<String> head =
                client.send(HttpRequest.newBuilder(uri("/livez")).HEAD().build(), HttpResponse.BodyHandlers.ofString());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("content-length")).contains("14");
    }

    @Test
    void whatIsNotHttpIsRefusedAndTheConnectionClosed() throws Exception {
        assertThat(raw("\u0000\u0001garbage\r\n\r\n")).startsWith("HTTP/1.1 400");
        assertThat(raw("GET /" + "x".repeat(100_000) + " HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 400");
        assertThat(raw("POST /livez HTTP/1.1\r\nConnection: close\r\nContent-Length: 2000000\r\n\r\n"))
                .startsWith("HTTP/1.1 413");
        assertThat(get("/livez").statusCode()).isEqualTo(200);
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        String reply = raw("GET /metrics HTTP/1.1\r\n\r\nGET /livez HTTP/1.1\r\nConnection: close\r\n\r\n");

        assertThat(reply.indexOf("up 1")).isPositive().isLessThan(reply.indexOf("[+]applier ok"));
    }

    /** It made answer after answer, for whoever asked for them and took none. */
    @Test
    void nothingMoreIsReadUntilAnAnswerWasTaken() throws Exception {
        AtomicInteger scrapes = new AtomicInteger();
        int asked = 8;
        try (AdminServer large = started(scrapes, Duration.ofSeconds(60));
                Socket socket = connect(large)) {
            socket.getOutputStream()
                    .write("GET /metrics HTTP/1.1\r\n\r\n".repeat(asked).getBytes(StandardCharsets.ISO_8859_1));
            Await.until("the first is made", () -> scrapes.get() > 0);

            // Each of them gives the connection that takes nothing a turn.
            for (int turn = 0; turn < 100; turn++) {
                assertThat(get(large, "/livez").statusCode()).isEqualTo(200);
            }

            assertThat(scrapes).hasValue(1);
            InputStream in = socket.getInputStream();
            for (int i = 0; i < asked; i++) {
                assertThat(headOf(in)).startsWith("HTTP/1.1 200 OK").contains("content-length: " + LARGE_BYTES);
                in.skipNBytes(LARGE_BYTES);
            }
            assertThat(scrapes).hasValue(asked);
        }
    }

    @Test
    void whoTakesNoAnswerIsCutOff() throws Exception {
        AtomicInteger scrapes = new AtomicInteger();
        try (AdminServer impatient = started(scrapes, Duration.ofMillis(300));
                Socket socket = connect(impatient)) {
            socket.getOutputStream().write("GET /metrics HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            Await.until("it is being answered", () -> scrapes.get() > 0);

            Await.until("it is cut off", () -> impatient.connections() == 0);
        }
    }

    @Test
    void whoSendsARequestByteByByteIsCutOff() throws Exception {
        try (AdminServer impatient = started(new AtomicInteger(), Duration.ofMillis(300));
                Socket socket = connect(impatient)) {
            OutputStream out = socket.getOutputStream();
            out.write("GET /livez HTTP/1.1\r\nName: ".getBytes(StandardCharsets.ISO_8859_1));
            Await.until("it is connected", () -> impatient.connections() == 1);

            Await.until("it is cut off", () -> {
                try {
                    out.write('x');
                } catch (IOException _) {
                    // The server has closed it.
                    return impatient.connections() == 0;
                }
                return impatient.connections() == 0;
            });

            assertThat(get(impatient, "/livez").statusCode()).isEqualTo(200);
        }
    }

    /** Whatever comes behind it, and however long its body is said to be. */
    @Test
    void aRequestWithALongBodyIsRefusedAndTheConnectionClosed() throws Exception {
        assertThat(raw("POST /livez HTTP/1.1\r\nContent-Length: 1025\r\n\r\n".repeat(3)))
                .startsWith("HTTP/1.1 413")
                .containsOnlyOnce("HTTP/1.1");
        assertThat(raw("POST /livez HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n401\r\n" + "x".repeat(1_025)))
                .startsWith("HTTP/1.1 413")
                .containsOnlyOnce("HTTP/1.1");
    }

    private AdminServer started(AtomicInteger scrapes, Duration patience) throws IOException {
        String metrics = "x".repeat(LARGE_BYTES);
        return AdminServer.start(
                new HostPort("127.0.0.1", 0),
                health,
                () -> {
                    scrapes.incrementAndGet();
                    return metrics;
                },
                patience);
    }

    private static Socket connect(AdminServer to) throws IOException {
        Socket socket = new Socket();
        // So that the answer cannot lie in the buffers between.
        socket.setReceiveBufferSize(64 << 10);
        socket.setSoTimeout(30_000);
        socket.connect(new InetSocketAddress(
                InetAddress.getLoopbackAddress(), to.address().port()));
        return socket;
    }

    /** Status line and headers. */
    private static String headOf(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("after " + head);
            }
            head.append((char) next);
        }
        return head.toString();
    }

    @Test
    void anAddressInUseIsNamed() {
        assertThatThrownBy(() -> AdminServer.start(server.address(), health, () -> ""))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot listen on " + server.address() + ": ")
                .hasMessageContaining("in use");
    }

    /** What the server answers to these bytes until it closes the connection. */
    private String raw(String text) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.address().port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return get(server, path);
    }

    private HttpResponse<String> get(AdminServer from, String path) throws IOException, InterruptedException {
        return client.send(request(from, path), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest request(String path) {
        return request(server, path);
    }

    private static HttpRequest request(AdminServer to, String path) {
        return HttpRequest.newBuilder(URI.create("http://" + to.address() + path))
                .timeout(Duration.ofSeconds(20))
                .build();
    }

    private URI uri(String path) {
        return URI.create("http://" + server.address() + path);
    }
}
