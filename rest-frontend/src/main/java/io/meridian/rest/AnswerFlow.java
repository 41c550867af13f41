// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;

/** Flow control of an HTTP/2 connection that knows how much it has let through: bodies of answers, and nothing else. */
final class AnswerFlow extends DefaultHttp2RemoteFlowController {
    private final Http2Stream connectionStream;
    private long roomBytes = Http2CodecUtil.DEFAULT_WINDOW_SIZE;

    AnswerFlow(DefaultHttp2Connection connection) {
        super(connection);
        connectionStream = connection.connectionStream();
    }

    @Override
    public void incrementWindowSize(Http2Stream stream, int bytes) throws Http2Exception {
        super.incrementWindowSize(stream, bytes);
        if (stream.id() == connectionStream.id()) {
            roomBytes += bytes;
        }
    }

    /** Bytes so far: what room the client has given to all streams together, less what is left of it. */
    long writtenBytes() {
        return roomBytes - windowSize(connectionStream);
    }
}
