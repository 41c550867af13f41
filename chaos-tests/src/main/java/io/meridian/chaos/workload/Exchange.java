// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.workload;

import io.meridian.chaos.client.RespConnection;
import io.meridian.chaos.history.Call;
import io.meridian.chaos.history.Operation;
import io.meridian.chaos.history.Recorder;
import io.meridian.chaos.history.Result;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/** Sends one call and records how it ended. */
final class Exchange {
    /** A key that was watched had changed. */
    static final Result.Failure ABORTED = new Result.Failure("aborted");

    private Exchange() {}

    /**
     * Sends the call and waits for its reply.
     *
     * <p>An error reply means that it did not happen, unless it starts with UNKNOWN; no reply means that nobody knows.
     */
    static Operation run(RespConnection connection, Recorder.Pending pending, Call call, String key) {
        try {
            Optional<Result> result = send(connection, call, key);
            return result.isPresent() ? pending.ok(result.get(), 0) : pending.fail(ABORTED.text());
        } catch (JedisDataException e) {
            String error = String.valueOf(e.getMessage());
            return error.startsWith("UNKNOWN") ? pending.unknown(error) : pending.fail(error);
        } catch (JedisConnectionException e) {
            return pending.unknown("connection: " + e.getMessage());
        }
    }

    private static Optional<Result> send(RespConnection connection, Call call, String key) {
        return switch (call) {
            case Call.Set set -> {
                connection.require("SET", key, set.value());
                yield Optional.of(Result.DONE);
            }
            case Call.Get _ ->
                Optional.of(connection
                        .call("GET", key)
                        .<Result>map(value -> new Result.Text(value.toString()))
                        .orElse(Result.NIL));
            case Call.Increment _ -> Optional.of(number(connection.require("INCR", key)));
            case Call.Append append -> Optional.of(number(connection.require("RPUSH", key, append.element())));
            case Call.ReadList _ -> Optional.of(elements(connection.require("LRANGE", key, "0", "-1")));
            case Call.CompareAndSet cas -> exec(connection, key, cas);
        };
    }

    /** The key was watched before its expected value was read; empty where it has changed since. */
    private static Optional<Result> exec(RespConnection connection, String key, Call.CompareAndSet cas) {
        connection.require("MULTI");
        connection.require("SET", key, cas.value());
        return connection.call("EXEC").map(_ -> new Result.Count(1));
    }

    private static Result number(Object reply) {
        if (reply instanceof Long value) {
            return new Result.Count(value);
        }
        throw new IllegalStateException("not a number: " + reply);
    }

    private static Result elements(Object reply) {
        if (reply instanceof List<?> values) {
            // One object for each element, however often it is read: the history keeps them all.
            return new Result.Elements(
                    values.stream().map(value -> value.toString().intern()).toList());
        }
        throw new IllegalStateException("not a list: " + reply);
    }
}
