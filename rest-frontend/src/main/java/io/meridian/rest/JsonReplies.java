// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.meridian.engine.Bytes;
import io.meridian.engine.Numbers;
import io.meridian.engine.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Replies as Upstash writes them in JSON: always in their RESP2 shape, strings, integers, null and arrays, nothing else.
 *
 * <p>For one thread.
 */
final class JsonReplies {
    private static final JsonFactory JSON = new JsonFactory();

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);

    /** The body of a single command's answer. */
    byte[] single(Reply reply, boolean base64) {
        return written(out -> entry(out, reply, base64));
    }

    /** The body of a pipeline's answer: an entry for each reply. */
    byte[] many(List<Reply> replies, boolean base64) {
        return written(out -> {
            out.writeStartArray();
            for (Reply reply : replies) {
                entry(out, reply, base64);
            }
            out.writeEndArray();
        });
    }

    static byte[] error(String line) {
        JsonReplies replies = new JsonReplies();
        return replies.single(new Reply.Failure(line), false);
    }

    private interface Writing {
        void to(JsonGenerator out) throws IOException;
    }

    private byte[] written(Writing writing) {
        bytes.reset();
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            writing.to(out);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private static void entry(JsonGenerator out, Reply reply, boolean base64) throws IOException {
        out.writeStartObject();
        if (reply instanceof Reply.Failure failure) {
            out.writeStringField("error", RestErrors.reworded(failure.line()));
        } else {
            out.writeFieldName("result");
            // A top-level OK stays as it is: the SDKs look for it before they decode.
            boolean isOk = reply instanceof Reply.Status status && status.text().equals("OK");
            value(out, reply, base64 && !isOk);
        }
        out.writeEndObject();
    }

    private static void value(JsonGenerator out, Reply reply, boolean base64) throws IOException {
        switch (reply) {
            case Reply.Bulk bulk -> string(out, bulk.bytes(), base64);
            case Reply.Status status -> string(out, Bytes.of(status.text()), base64);
            case Reply.Verbatim verbatim -> string(out, verbatim.bytes(), base64);
            case Reply.Real real -> string(out, Bytes.of(Numbers.format(real.value())), base64);
            case Reply.Int number -> out.writeNumber(number.value());
            case Reply.Truth truth -> out.writeNumber(truth.value() ? 1 : 0);
            case Reply.Nil _, Reply.NilArray _ -> out.writeNull();
            case Reply.Array array -> all(out, array.items(), base64);
            case Reply.Pairs pairs -> all(out, pairs.keysAndValues(), base64);
            case Reply.Tuples tuples -> all(out, tuples.keysAndValues(), base64);
            case Reply.Members members -> all(out, members.items(), base64);
            case Reply.Push push -> all(out, push.items(), base64);
            case Reply.Failure failure -> {
                out.writeStartObject();
                out.writeStringField("error", RestErrors.reworded(failure.line()));
                out.writeEndObject();
            }
            case Reply.Deferred _ -> throw new IllegalArgumentException("a reply that is not there yet");
        }
    }

    private static void all(JsonGenerator out, List<Reply> items, boolean base64) throws IOException {
        out.writeStartArray();
        for (Reply item : items) {
            value(out, item, base64);
        }
        out.writeEndArray();
    }

    private static void string(JsonGenerator out, Bytes text, boolean base64) throws IOException {
        if (base64) {
            out.writeBinary(Base64Variants.MIME_NO_LINEFEEDS, text.array(), text.offset(), text.length());
        } else {
            // Decoded, so that what is not UTF-8 becomes U+FFFD.
            out.writeString(text.toString());
        }
    }

    /** About how many bytes a reply takes on the wire: what the limit on replies is held against. */
    static long size(Reply reply) {
        return switch (reply) {
            case Reply.Bulk bulk -> bulk.bytes().length();
            case Reply.Verbatim verbatim -> verbatim.bytes().length();
            case Reply.Array array -> size(array.items());
            case Reply.Pairs pairs -> size(pairs.keysAndValues());
            case Reply.Tuples tuples -> size(tuples.keysAndValues());
            case Reply.Members members -> size(members.items());
            case Reply.Push push -> size(push.items());
            default -> 8;
        };
    }

    private static long size(List<Reply> items) {
        long total = 0;
        for (Reply item : items) {
            total += size(item) + 3;
        }
        return total;
    }
}
