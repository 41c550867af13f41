// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.client;

import io.meridian.chaos.cluster.Address;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.commands.ProtocolCommand;

/**
 * One connection to one node that never retries anything; for one thread.
 *
 * <p>An error reply is a {@code JedisDataException}, anything else that goes wrong a {@code JedisConnectionException};
 * after the latter nobody knows whether the command was carried out, and the connection is of no more use.
 */
public final class RespConnection implements AutoCloseable {
    private final Connection connection;

    private RespConnection(Connection connection) {
        this.connection = connection;
    }

    /**
     * Connects, and authenticates the user {@code default}.
     *
     * @param token the password; empty for none
     * @param timeout for connecting and for each reply
     */
    public static RespConnection open(Address address, String token, Duration timeout) {
        DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder()
                .timeoutMillis(Math.toIntExact(timeout.toMillis()))
                .resp2();
        if (!token.isEmpty()) {
            config.password(token);
        }
        return new RespConnection(new Connection(new HostAndPort(address.host(), address.port()), config.build()));
    }

    /** Sends one command and gives its reply: a String, a Long, or a List of these; empty for nil. */
    public Optional<Object> call(String command, String... args) {
        CommandArguments line = new CommandArguments(raw(command));
        for (String arg : args) {
            line.add(arg);
        }
        return Optional.ofNullable(connection.executeCommand(line)).map(RespConnection::decoded);
    }

    /** The reply of a command that never answers nil. */
    public Object require(String command, String... args) {
        return call(command, args).orElseThrow(() -> new IllegalStateException("nil in reply to " + command));
    }

    private static ProtocolCommand raw(String command) {
        byte[] name = command.getBytes(StandardCharsets.UTF_8);
        return () -> name;
    }

    private static Object decoded(Object reply) {
        return switch (reply) {
            case byte[] bytes -> new String(bytes, StandardCharsets.UTF_8);
            case List<?> list -> list.stream().map(RespConnection::element).toList();
            default -> reply;
        };
    }

    private static Object element(@Nullable Object reply) {
        return reply == null ? "" : decoded(reply);
    }

    @Override
    public void close() {
        connection.close();
    }
}
