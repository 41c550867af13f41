// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.demo;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The least that is a Redis client: one command at a time over RESP2, texts only. For one thread. */
final class DemoClient implements Closeable {
    private static final int TIMEOUT_MILLIS = 15_000;

    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;

    DemoClient(InetSocketAddress address) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(address, TIMEOUT_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
        out = new BufferedOutputStream(socket.getOutputStream());
    }

    /** A reply that is an error. */
    static final class ErrorReply extends IOException {
        private static final long serialVersionUID = 1L;

        ErrorReply(String line) {
            super(line);
        }

        /** Whether surely nothing was applied. */
        boolean isNotApplied() {
            return !String.valueOf(getMessage()).startsWith("UNKNOWN");
        }
    }

    /** The reply as text: a bulk or simple string, a number; "(nil)", or elements of an array joined by a space. */
    String call(String... words) throws IOException {
        send(words);
        return reply();
    }

    /** Sends a command whose reply is not read yet. */
    void send(String... words) throws IOException {
        StringBuilder line = new StringBuilder("*").append(words.length).append("\r\n");
        for (String word : words) {
            line.append('$')
                    .append(word.getBytes(StandardCharsets.UTF_8).length)
                    .append("\r\n")
                    .append(word)
                    .append("\r\n");
        }
        out.write(line.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The reply to the first command that has none yet. */
    String reply() throws IOException {
        out.flush();
        String line = line();
        String rest = line.substring(1);
        return switch (line.charAt(0)) {
            case '+', ':' -> rest;
            case '-' -> throw new ErrorReply(rest);
            case '$' -> bulk(Integer.parseInt(rest));
            case '*' -> array(Integer.parseInt(rest));
            default -> throw new IOException("not RESP2: " + line);
        };
    }

    private String bulk(int length) throws IOException {
        if (length < 0) {
            return "(nil)";
        }
        byte[] bytes = in.readNBytes(length + 2);
        if (bytes.length < length + 2) {
            throw new EOFException("the connection ended within a reply");
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private String array(int count) throws IOException {
        List<String> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.add(reply());
        }
        return String.join(" ", items);
    }

    private String line() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (true) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("the connection ended");
            }
            if (b == '\r') {
                in.skipNBytes(1);
                return bytes.toString(StandardCharsets.UTF_8);
            }
            bytes.write(b);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException _) {
            // There is nothing left to do for a connection that cannot even be closed.
            return;
        }
    }
}
