// SPDX-License-Identifier: Apache-2.0
package io.meridian.resp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** A client that knows nothing of RESP: bytes out, bytes in, each as a string of one character a byte. */
final class RawClient implements AutoCloseable {
    private final SocketChannel channel;
    private final StringBuilder unread = new StringBuilder();
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16);

    RawClient(SocketAddress address) {
        try {
            channel = SocketChannel.open(address);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    RawClient send(String bytes) {
        try {
            ByteBuffer out = ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1));
            while (out.hasRemaining()) {
                channel.write(out);
            }
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a command as an array of strings. */
    RawClient command(String... words) {
        StringBuilder bytes = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            bytes.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return send(bytes.toString());
    }

    /** Sends inline commands. */
    RawClient lines(String... commands) {
        return send(String.join("\r\n", commands) + "\r\n");
    }

    /** Sends and reads so many bytes as are expected; returns what came, less when the connection was closed before. */
    String ask(String bytes, int count) {
        return send(bytes).read(count);
    }

    /** Reads so many bytes; less when the connection was closed before. */
    String read(int count) {
        while (unread.length() < count && fill()) {
            // More may come.
        }
        int length = Math.min(count, unread.length());
        String bytes = unread.substring(0, length);
        unread.delete(0, length);
        return bytes;
    }

    /** Reads up to and with a text. */
    String readUntil(String text) {
        int from = 0;
        int found;
        while ((found = unread.indexOf(text, from)) < 0) {
            from = Math.max(0, unread.length() - text.length());
            if (!fill()) {
                throw new AssertionError("closed before '" + text + "' came, after: " + unread);
            }
        }
        return read(found + text.length());
    }

    /** Reads one line, without its end. */
    String readLine() {
        String line = readUntil("\r\n");
        return line.substring(0, line.length() - 2);
    }

    /** Reads until the other end closes. */
    String readToEnd() {
        while (fill()) {
            // More may come.
        }
        return read(unread.length());
    }

    /** Closes with a reset instead of an end: whatever the other end sends from then on fails. */
    void reset() {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        close();
    }

    void endInput() {
        try {
            channel.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String localAddress() {
        try {
            return channel.getLocalAddress().toString().substring(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean fill() {
        try {
            buffer.clear();
            if (channel.read(buffer) < 0) {
                return false;
            }
        } catch (IOException reset) {
            return false;
        }
        buffer.flip();
        unread.append(StandardCharsets.ISO_8859_1.decode(buffer));
        return true;
    }
}
