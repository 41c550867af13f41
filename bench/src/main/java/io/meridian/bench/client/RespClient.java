// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.client;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** One connection that sends a command and waits for its reply; ASCII words, no arrays. For one thread. */
public final class RespClient implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    private RespClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    /**
     * Connects, and authenticates where the target has a token.
     *
     * @param timeout for connecting and for each reply
     */
    public static RespClient open(Target target, Duration timeout) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
            socket.connect(target.address(), Math.toIntExact(timeout.toMillis()));
            RespClient client = new RespClient(socket);
            if (!target.token().isEmpty()) {
                client.call("AUTH", target.user(), target.token());
            }
            return client;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** The reply as text, empty for nil; throws IOException for an error reply too. */
    public Optional<String> call(String... words) throws IOException {
        out.write(ReplyCounter.encode(words));
        String line = line();
        String rest = line.substring(1);
        return switch (line.charAt(0)) {
            case '+', ':' -> Optional.of(rest);
            case '$' -> bulk(Integer.parseInt(rest));
            case '-' -> throw new IOException(words[0] + " was answered: " + rest);
            default -> throw new IOException("a reply of another kind: " + line);
        };
    }

    private Optional<String> bulk(int length) throws IOException {
        if (length < 0) {
            return Optional.empty();
        }
        byte[] bytes = in.readNBytes(length + 2);
        if (bytes.length < length + 2) {
            throw new EOFException("the connection ended inside a reply");
        }
        return Optional.of(new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
    }

    private String line() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection ended");
            }
            text.append((char) next);
        }
        if (text.length() < 2) {
            throw new IOException("an empty line for a reply");
        }
        return text.substring(0, text.length() - 1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
