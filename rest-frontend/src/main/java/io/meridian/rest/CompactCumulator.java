// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.ByteToMessageDecoder;

/**
 * Gathers bytes that are not decoded yet where those lay that are.
 *
 * <p>Netty's own keeps the latter until the socket is empty, and so lets the buffer of a client that sends small requests without
 * a pause grow to sixteen times what is read at once.
 */
enum CompactCumulator implements ByteToMessageDecoder.Cumulator {
    INSTANCE;

    @Override
    public ByteBuf cumulate(ByteBufAllocator alloc, ByteBuf cumulation, ByteBuf in) {
        // Somebody else may hold a part of it; then Netty's moves the rest to a buffer of its own.
        if (cumulation.readerIndex() > 0
                && cumulation.refCnt() == 1
                && cumulation.writableBytes() < in.readableBytes()) {
            cumulation.discardReadBytes();
        }
        return ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(alloc, cumulation, in);
    }
}
