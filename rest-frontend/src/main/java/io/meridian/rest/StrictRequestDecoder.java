// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Netty's decoder, which refuses what two readers could read in two ways: that is how requests are smuggled.
 *
 * <p>Netty itself refuses a length beside chunks, chunks in HTTP/1.0, malformed chunks and lines without a carriage return;
 * here, also header lines that go on in the next line (RFC 9112 §5.2), requests that name no host or several (§3.2), and
 * versions of which the major number is not 1 (RFC 9110 §2.5).
 */
final class StrictRequestDecoder extends HttpRequestDecoder {
    static final String MALFORMED = "ERR malformed HTTP request";
    private static final HttpResponseStatus BAD_REQUEST = HttpResponseStatus.BAD_REQUEST;

    private boolean inBody;
    // The request line was taken: the next empty line is the header's end.
    private boolean inHeader;
    // Nothing is read any more.
    private boolean isRefusing;

    /** @param headerBytesMax bytes of all header lines */
    StrictRequestDecoder(int headerBytesMax) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(RestLimits.LINE_BYTES_MAX)
                .setMaxHeaderSize(headerBytesMax)
                .setMaxChunkSize(64 * 1024)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true)
                .setAllowDuplicateContentLengths(false));
        setCumulator(CompactCumulator.INSTANCE);
    }

    /** How much room is taken by what has not come wholly. */
    int keptBytes() {
        return internalBuffer().capacity();
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out) throws Exception {
        if (isRefusing) {
            buffer.skipBytes(buffer.readableBytes());
            return;
        }
        if (!inBody && hasFoldedLine(buffer)) {
            isRefusing = true;
            buffer.skipBytes(buffer.readableBytes());
            out.add(new Refused(BAD_REQUEST, MALFORMED + ": a header line goes on in the next line"));
            return;
        }
        int before = out.size();
        int from = buffer.readerIndex();
        super.decode(ctx, buffer, out);
        inHeader |= !inBody && hasText(buffer, from);
        for (int i = before; i < out.size(); i++) {
            Object decoded = out.get(i);
            if (decoded instanceof LastHttpContent) {
                inBody = false;
            } else if (decoded instanceof HttpRequest request) {
                inBody = true;
                inHeader = false;
                Refused refused = request.decoderResult().isSuccess() ? refusal(request) : null;
                if (refused != null) {
                    isRefusing = true;
                    out.set(i, refused);
                }
            }
        }
    }

    /** Why a request that can be read is not taken; null if it is. */
    private static @Nullable Refused refusal(HttpRequest request) {
        HttpVersion version = request.protocolVersion();
        if (version.majorVersion() != 1) {
            return new Refused(HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "ERR unsupported HTTP version");
        }
        Iterator<? extends CharSequence> hosts = request.headers().valueCharSequenceIterator(HttpHeaderNames.HOST);
        if (!hosts.hasNext()) {
            // HTTP/1.0 did not know the header.
            return version.minorVersion() == 0 ? null : new Refused(BAD_REQUEST, MALFORMED + ": no Host header");
        }
        var _ = hosts.next();
        return hosts.hasNext() ? new Refused(BAD_REQUEST, MALFORMED + ": more than one Host header") : null;
    }

    /** Whether anything but line ends was taken, from an index on. */
    private static boolean hasText(ByteBuf buffer, int from) {
        for (int i = from; i < buffer.readerIndex(); i++) {
            if (buffer.getByte(i) != '\r' && buffer.getByte(i) != '\n') {
                return true;
            }
        }
        return false;
    }

    /** What stands for a request that is not to be read: how it is answered; nothing of worth follows. */
    record Refused(HttpResponseStatus status, String line) {}

    /**
     * Whether a line of the header that begins or goes on here starts with white space. Lines are only taken whole, so that a
     * line begins wherever a call finds the buffer's first byte.
     */
    private boolean hasFoldedLine(ByteBuf buffer) {
        int end = buffer.writerIndex();
        int line = buffer.readerIndex();
        boolean isHeader = inHeader;
        while (line < end) {
            byte first = buffer.getByte(line);
            if (first == ' ' || first == '\t') {
                return true;
            }
            int newline = buffer.indexOf(line, end, (byte) '\n');
            boolean isEmpty = newline == line + 1 && first == '\r';
            if (newline < 0 || (isEmpty && isHeader)) {
                return false;
            }
            // Empty lines may stand before a request (RFC 9112 §2.2).
            isHeader |= !isEmpty;
            line = newline + 1;
        }
        return false;
    }
}
