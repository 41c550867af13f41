// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds command lines in a request: in its path, its body and its query. Safe for any thread. */
final class RequestReader {
    static final String TOKEN_PARAMETER = "_token=";
    private static final Pattern SOURCE = Pattern.compile("\\[Source: [^;\\]]*; ");
    private static final byte[] TOKEN_NAME = "_token".getBytes(StandardCharsets.US_ASCII);

    private final RestLimits limits;
    private final JsonFactory json;

    RequestReader(RestLimits limits) {
        this.limits = limits;
        this.json = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(8)
                        .maxStringLength(limits.bodyBytesMax())
                        .maxNumberLength(1000)
                        .build())
                .build();
    }

    /**
     * The path form: each segment a word, then the whole body as one, then the query's names and values.
     *
     * @param path as it stands in the request line, beginning with a slash, without the query
     * @param query without the question mark; may be empty
     */
    Args fromPath(String path, String query, byte[] body) throws RestException {
        List<Bytes> words = new ArrayList<>();
        int start = 1;
        while (true) {
            int slash = path.indexOf('/', start);
            words.add(Bytes.of(unescaped(path, start, slash < 0 ? path.length() : slash, false)));
            if (slash < 0) {
                break;
            }
            start = slash + 1;
        }
        if (body.length > 0) {
            words.add(Bytes.of(body));
        }
        forEachParameter(query, (name, value) -> {
            if (!Arrays.equals(name, TOKEN_NAME)) {
                words.add(Bytes.of(name));
                if (value != null) {
                    words.add(Bytes.of(value));
                }
            }
        });
        return checked(Args.of(words));
    }

    /** Takes a query's parameters in their order; the value is null where there is no equals sign. */
    interface ParameterVisitor {
        void parameter(byte[] name, byte @Nullable [] value);
    }

    /** The value of the first parameter "_token", if there is one and the query can be read. */
    static Optional<byte[]> token(String query) {
        byte[][] found = new byte[1][];
        try {
            forEachParameter(query, (name, value) -> {
                if (found[0] == null && value != null && Arrays.equals(name, TOKEN_NAME)) {
                    found[0] = value;
                }
            });
        } catch (RestException malformed) {
            // Then it is not a token's either: the request is refused as one without.
            return Optional.of(new byte[0]);
        }
        return Optional.ofNullable(found[0]);
    }

    static void forEachParameter(String query, ParameterVisitor visitor) throws RestException {
        for (int start = 0; start < query.length(); ) {
            int ampersand = query.indexOf('&', start);
            int end = ampersand < 0 ? query.length() : ampersand;
            if (end > start) {
                int equals = query.indexOf('=', start);
                boolean hasValue = equals >= 0 && equals < end;
                visitor.parameter(
                        unescaped(query, start, hasValue ? equals : end, true),
                        hasValue ? unescaped(query, equals + 1, end, true) : null);
            }
            start = end + 1;
        }
    }

    /** Resolves %XX; in a query a plus is a space. */
    static byte[] unescaped(String text, int from, int to, boolean inQuery) throws RestException {
        // One character a byte: what came unescaped stays as it came.
        byte[] raw = text.substring(from, to).getBytes(StandardCharsets.ISO_8859_1);
        int length = 0;
        for (int i = 0; i < raw.length; i++) {
            byte b = raw[i];
            if (b == '%') {
                int high = i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
                int low = i + 2 < raw.length ? Character.digit(raw[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    throw RestException.badRequest("ERR invalid URL escape in the path or query");
                }
                b = (byte) (high * 16 + low);
                i += 2;
            } else if (b == '+' && inQuery) {
                b = ' ';
            }
            raw[length++] = b;
        }
        return length == raw.length ? raw : Arrays.copyOf(raw, length);
    }

    /** One command as a JSON array. */
    Args command(byte[] body) throws RestException {
        if (body.length == 0) {
            throw RestException.badRequest("EOF");
        }
        try (JsonParser parser = json.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw RestException.badRequest(RestErrors.NOT_AN_ARRAY);
            }
            Words words = new Words(body.length);
            Args args = words.next(parser, RestErrors.EMPTY_COMMAND);
            args.moved(words.array());
            if (parser.nextToken() != null) {
                throw RestException.badRequest("ERR failed to parse command: more follows the JSON array");
            }
            return args;
        } catch (IOException malformed) {
            throw RestException.badRequest("ERR failed to parse command: " + reason(malformed));
        }
    }

    /** Many commands as a JSON array of arrays. */
    List<Args> commands(byte[] body) throws RestException {
        if (body.length == 0) {
            throw RestException.badRequest("EOF");
        }
        try (JsonParser parser = json.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw RestException.badRequest(RestErrors.NOT_A_PIPELINE);
            }
            Words words = new Words(body.length);
            List<Args> commands = new ArrayList<>();
            for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
                if (token != JsonToken.START_ARRAY) {
                    throw RestException.badRequest(RestErrors.NOT_A_PIPELINE);
                }
                if (commands.size() == limits.commandsMax()) {
                    throw RestException.badRequest(
                            "ERR too many commands in a pipeline. Limit: " + limits.commandsMax());
                }
                commands.add(words.next(parser, RestErrors.EMPTY_PIPELINE_COMMAND));
            }
            commands.forEach(command -> command.moved(words.array()));
            if (commands.isEmpty()) {
                throw RestException.badRequest(RestErrors.EMPTY_PIPELINE);
            }
            if (parser.nextToken() != null) {
                throw RestException.badRequest("ERR failed to parse pipeline request: more follows the JSON array");
            }
            return commands;
        } catch (IOException malformed) {
            throw RestException.badRequest("ERR failed to parse pipeline request: " + reason(malformed));
        }
    }

    private static String reason(IOException malformed) {
        String message = String.valueOf(malformed.getMessage());
        int end = message.indexOf('\n');
        // Of places in the body Jackson tells the line and the column, and before them where it read from.
        return SOURCE.matcher(end < 0 ? message : message.substring(0, end)).replaceAll("[");
    }

    /** Refuses a command over the limit, for forms that hold only one. */
    Args checked(Args args) throws RestException {
        if (args.byteCount() > limits.requestBytesMax()) {
            throw new RestException(
                    HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                    RestErrors.requestTooLarge(limits.requestBytesMax(), args.byteCount()));
        }
        return args;
    }
}
