// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.testing.differential;

import io.meridian.engine.Bytes;
import io.meridian.engine.testing.CommandLine;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A connection over a TCP or Unix socket. */
public final class RespConnection implements Subject {
    private final String name;
    private final SocketChannel channel;
    private final InputStream in;
    private final OutputStream out;

    private RespConnection(String name, SocketChannel channel) {
        this.name = name;
        this.channel = channel;
        this.in = new BufferedInputStream(Channels.newInputStream(channel), 1 << 16);
        this.out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
    }

    /**
     * Connects, and says HELLO where RESP3 is wanted.
     *
     * @param protocol 2 or 3
     * @param login the words of an AUTH command, or none
     */
    public static RespConnection open(String name, SocketAddress address, int protocol, String... login) {
        try {
            RespConnection connection = new RespConnection(name, SocketChannel.open(address));
            if (login.length > 0) {
                connection.greet(login);
            }
            if (protocol == 3) {
                connection.greet("HELLO", "3");
            }
            return connection;
        } catch (IOException e) {
            throw new UncheckedIOException(name + " at " + address, e);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<RespValue> send(List<List<Bytes>> commands) {
        // Written beside the reading: neither end may have room for all of it.
        Thread writer = Thread.ofVirtual().start(() -> write(commands));
        try {
            List<RespValue> replies = new ArrayList<>(commands.size());
            for (List<Bytes> command : commands) {
                replies.add(read(command));
            }
            writer.join();
            return replies;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
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

    private void greet(String... words) {
        List<Bytes> command = java.util.Arrays.stream(words).map(Bytes::of).toList();
        RespValue reply = send(List.of(command)).getFirst();
        if (reply instanceof RespValue.Failure) {
            throw new IllegalStateException(name + " answered " + words[0] + " with " + reply);
        }
    }

    private void write(List<List<Bytes>> commands) {
        try {
            for (List<Bytes> command : commands) {
                out.write(("*" + command.size() + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                for (Bytes word : command) {
                    out.write(("$" + word.length() + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                    out.write(word.array(), word.offset(), word.length());
                    out.write('\r');
                    out.write('\n');
                }
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    private RespValue read(List<Bytes> command) {
        try {
            return read();
        } catch (IOException e) {
            throw new UncheckedIOException(name + " answering " + CommandLine.join(command), e);
        }
    }

    private RespValue read() throws IOException {
        char mark = (char) next();
        Bytes line = line();
        return switch (mark) {
            case '+' -> new RespValue.Status(line);
            case '-' -> new RespValue.Failure(line.toString());
            case ':' -> new RespValue.Int(Long.parseLong(line.toString()));
            case '_' -> RespValue.Nil.RESP3;
            case ',', '#', '(' -> new RespValue.Scalar(mark, line.toString());
            case '$' -> {
                int length = Integer.parseInt(line.toString());
                yield length < 0 ? RespValue.Nil.BULK : new RespValue.Bulk(content(length));
            }
            case '=' ->
                new RespValue.Scalar(
                        mark, content(Integer.parseInt(line.toString())).toString());
            case '*', '~', '%', '>' -> {
                int count = Integer.parseInt(line.toString());
                yield count < 0
                        ? RespValue.Nil.ARRAY
                        : new RespValue.Items(mark, items(mark == '%' ? 2 * count : count));
            }
            default -> throw new IOException("no reply starts with '" + mark + "' (" + line + ")");
        };
    }

    private List<RespValue> items(int count) throws IOException {
        List<RespValue> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.add(read());
        }
        return items;
    }

    private Bytes content(int length) throws IOException {
        byte[] content = in.readNBytes(length);
        if (content.length < length || next() != '\r' || next() != '\n') {
            throw new IOException("a string that does not end where it said");
        }
        return Bytes.of(content);
    }

    private Bytes line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int b = next();
        while (b != '\r') {
            line.write(b);
            b = next();
        }
        if (next() != '\n') {
            throw new IOException("a line that ends with a carriage return only");
        }
        return Bytes.of(line.toByteArray());
    }

    private int next() throws IOException {
        int b = in.read();
        if (b < 0) {
            throw new EOFException("closed the connection");
        }
        return b;
    }
}
