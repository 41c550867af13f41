// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/**
 * Netty's decoder, which refuses what two readers could read in two ways: that is how requests are smuggled.
 *
 * <p>Netty itself refuses a length beside chunks, chunks in HTTP/1.0, malformed chunks and lines without a carriage return;
 * here, also header lines that go on in the next line (RFC 9112 §5.2).
 */
final class StrictRequestDecoder extends HttpRequestDecoder {
    private boolean inBody;
    // The request line was taken: the next empty line is the header's end.
    private boolean inHeader;
    private boolean isFolded;

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
        if (isFolded) {
            buffer.skipBytes(buffer.readableBytes());
            return;
        }
        if (!inBody && hasFoldedLine(buffer)) {
            isFolded = true;
            buffer.skipBytes(buffer.readableBytes());
            out.add(new FoldedLine());
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
            } else if (decoded instanceof HttpRequest) {
                inBody = true;
                inHeader = false;
            }
        }
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

    /** What stands for a request that cannot be read. */
    static final class FoldedLine {}

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
