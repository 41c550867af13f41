// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.token;

import io.meridian.engine.ByteReader;
import io.meridian.engine.ByteWriter;
import io.meridian.engine.Bytes;
import io.meridian.engine.CorruptBytesException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * Session tokens as text: base64url without padding, with a short keyed checksum, so that a token of another cluster, or one
 * that is cut or mistyped, is told from ours and counts as none. It is no signature.
 *
 * <pre>token = base64url(version:u8 count:varint (group:bytes incarnation:i64 index:varint)* checksum:i32)</pre>
 */
public final class SessionTokens {
    private static final int VERSION = 1;
    private static final int CHECKSUM_BYTES = 4;
    /** As many groups as a token may name. */
    private static final int GROUPS_MAX = 64;

    private static final int TEXT_MAX = 4096;

    private final ToLongFunction<Bytes> checksum;

    /**
     * @param checksum keyed alike on all nodes of a cluster, and differently on those of others; its key need be no secret,
     *     since who invents a token only makes reads of a session of their own wait
     */
    public SessionTokens(ToLongFunction<Bytes> checksum) {
        this.checksum = checksum;
    }

    public String write(SessionToken token) {
        ByteWriter out = new ByteWriter(64);
        out.u8(VERSION);
        out.varint(token.seen().size());
        for (SessionToken.Seen seen : token.seen()) {
            out.bytes(Bytes.of(seen.group()));
            out.i64(seen.incarnation());
            out.varint(seen.index());
        }
        out.i32((int) checksum.applyAsLong(out.toBytes()));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(out.toArray());
    }

    /** Empty for anything that is not a token of this cluster. */
    public Optional<SessionToken> read(String text) {
        if (text.isEmpty() || text.length() > TEXT_MAX) {
            return Optional.empty();
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
        if (bytes.length < 2 + CHECKSUM_BYTES || bytes[0] != VERSION) {
            return Optional.empty();
        }
        Bytes body = Bytes.of(bytes, 0, bytes.length - CHECKSUM_BYTES);
        Bytes tail = Bytes.of(bytes, bytes.length - CHECKSUM_BYTES, CHECKSUM_BYTES);
        if (new ByteReader(tail).i32() != (int) checksum.applyAsLong(body)) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse(new ByteReader(body)));
        } catch (CorruptBytesException wellSignedButMalformed) {
            return Optional.empty();
        }
    }

    private static SessionToken parse(ByteReader in) {
        in.u8();
        int count = in.count();
        if (count > GROUPS_MAX) {
            throw new CorruptBytesException("a token of " + count + " groups");
        }
        List<SessionToken.Seen> seen = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            seen.add(new SessionToken.Seen(in.bytes().toString(), in.i64(), in.varint()));
        }
        return new SessionToken(seen);
    }
}
