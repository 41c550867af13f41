// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.testing;

import io.meridian.engine.Bytes;
import io.meridian.engine.testing.CommandLine;
import io.meridian.engine.testing.differential.RespConnection;
import io.meridian.engine.testing.differential.RespValue;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;

/** A connection that speaks as redis-cli does: lines in, replies as short texts out. */
public record Client(RespConnection connection) implements AutoCloseable {
    public static Client open(String name, SocketAddress address, int protocol, String user, String token) {
        return new Client(RespConnection.open(name, address, protocol, "AUTH", user, token));
    }

    /** Sends one line and gives its reply. */
    public RespValue ask(String line) {
        return connection.send(List.of(CommandLine.split(line))).getFirst();
    }

    /** The reply's text: a string as it is, a number in digits, nil as {@code (nil)}, an error after a hyphen. */
    public String run(String line) {
        return text(ask(line));
    }

    /** Sends several lines in one go; the replies in order. */
    public List<String> pipeline(List<String> lines) {
        return connection.send(lines.stream().map(CommandLine::split).toList()).stream()
                .map(Client::text)
                .toList();
    }

    public RespValue ask(Bytes... words) {
        return connection.send(words);
    }

    public long number(String line) {
        return ask(line) instanceof RespValue.Int number ? number.value() : wrong(line);
    }

    private static long wrong(String line) {
        throw new AssertionError("no number: the reply to " + line);
    }

    /** What a map or a flat list of pairs has under this name. */
    public String field(String line, String name) {
        List<RespValue> items = ask(line).items();
        for (int i = 0; i + 1 < items.size(); i += 2) {
            if (text(items.get(i)).equals(name)) {
                return text(items.get(i + 1));
            }
        }
        throw new AssertionError("no field " + name + " in " + items);
    }

    /** As {@link #run} gives it; items of a list in brackets. */
    public static String text(RespValue value) {
        return switch (value) {
            case RespValue.Status status -> status.text().toString();
            case RespValue.Bulk bulk -> bulk.bytes().toString();
            case RespValue.Int number -> Long.toString(number.value());
            case RespValue.Nil _ -> "(nil)";
            case RespValue.Failure failure -> "-" + failure.line();
            case RespValue.Scalar scalar -> scalar.text();
            case RespValue.Items several -> {
                List<String> texts = new ArrayList<>();
                several.items().forEach(item -> texts.add(text(item)));
                yield texts.toString();
            }
        };
    }

    @Override
    public void close() {
        connection.close();
    }
}
