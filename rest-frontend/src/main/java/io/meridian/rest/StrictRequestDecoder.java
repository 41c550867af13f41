// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;

/** Netty's decoder, which refuses what two readers could read in two ways: that is how requests are smuggled. */
final class StrictRequestDecoder extends HttpRequestDecoder {
    StrictRequestDecoder(int headerBytesMax) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(Math.max(headerBytesMax, 64 * 1024))
                .setMaxHeaderSize(headerBytesMax)
                .setMaxChunkSize(64 * 1024)
                .setChunkedSupported(true));
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("both Transfer-Encoding and Content-Length");
    }
}
