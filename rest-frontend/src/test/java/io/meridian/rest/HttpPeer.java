// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.meridian.router.testing.LoneNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** An HTTP client that sends whatever bytes it is given, each a character of a string. */
final class HttpPeer implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    /** What came back: header names in lower case; status 0 when the connection was closed instead. */
    record Answer(int status, Map<String, String> headers, String body) {
        static final Answer CLOSED = new Answer(0, Map.of(), "");

        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    HttpPeer(InetSocketAddress address) {
        try {
            socket = new Socket(address.getAddress(), address.getPort());
            socket.setSoTimeout(20_000);
            in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    HttpPeer send(String bytes) {
        try {
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same for what the other end need not read to its end. */
    void sendUntilClosed(String bytes) {
        try {
            send(bytes);
        } catch (UncheckedIOException closed) {
            // It has answered and hung up: what it said is for the test to read.
            return;
        }
    }

    /** A request with the standard token, and more header lines, each "name: value". */
    Answer ask(String method, String target, String body, String... headers) {
        return askWithoutToken(method, target, body, with(headers, "Authorization: Bearer " + LoneNode.TOKEN));
    }

    Answer askWithoutToken(String method, String target, String body, String... headers) {
        send(request(method, target, body, headers));
        return read(method.equals("HEAD"));
    }

    /** A JSON body at a path, with the standard token. */
    Answer post(String target, String json, String... headers) {
        return ask("POST", target, json, headers);
    }

    static String request(String method, String target, String body, String... headers) {
        StringBuilder request = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: x\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        if (!body.isEmpty()) {
            request.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        return request.append("\r\n").append(body).toString();
    }

    private static String[] with(String[] headers, String more) {
        String[] all = java.util.Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = more;
        return all;
    }

    Answer read() {
        return read(false);
    }

    Answer read(boolean isToHead) {
        try {
            String status = line();
            if (status.isEmpty()) {
                return Answer.CLOSED;
            }
            Map<String, String> headers = new LinkedHashMap<>();
            for (String line = line(); !line.isEmpty(); line = line()) {
                int colon = line.indexOf(':');
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
            int length = isToHead ? 0 : Integer.parseInt(headers.getOrDefault("content-length", "0"));
            String body = new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
            return new Answer(Integer.parseInt(status.split(" ", 3)[1]), headers, body);
        } catch (IOException reset) {
            return Answer.CLOSED;
        }
    }

    /** Whether the other end has closed, or does within 20 seconds, and nothing is left to read. */
    boolean isClosed() {
        try {
            return in.read() < 0;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    /** The next byte that comes, -1 at the end. */
    int firstByte() throws IOException {
        return in.read();
    }

    /** Whether nothing has come so far; only a round through the other end's loop makes it likely that it has read all. */
    boolean isSilent() {
        try {
            return in.available() == 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void endInput() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Empty at the end of the stream too. */
    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }
}
