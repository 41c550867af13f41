// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.meridian.router.Lane;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.util.ReferenceCountUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of an HTTP/2 connection's own handlers; each of its streams is a {@link RestConnection} for one request. */
final class Http2Connection extends ChannelInboundHandlerAdapter {
    /** Requests under way at once; RFC 9113 §6.5.2 recommends no fewer. */
    static final int STREAMS_MAX = 100;

    /** Answers to PING and SETTINGS that a client leaves unread before its connection is closed. */
    private static final int CONTROL_FRAMES_MAX = 200;

    /** Frames of a header that goes on and on in small pieces. */
    private static final int CONTINUATIONS_MAX = 8;

    /** Streams that a client may begin and reset within so many seconds (CVE-2023-44487). */
    private static final int RESETS_MAX = 200;

    private static final int RESETS_SECONDS = 30;

    /** How long a connection that is closed by this side lets its streams end. */
    private static final long LINGER_MILLIS = 500;

    private static final Logger LOG = LoggerFactory.getLogger(Http2Connection.class);

    private final Http2Streams streams;

    private Http2Connection(Http2Streams streams) {
        this.streams = streams;
    }

    /**
     * Ignores priorities, and frames of kinds that are not known (RFC 9113 §5.3.2 and §5.5). Netty would keep those of a stream
     * that is not read, which no window bounds, and end the connection at an unknown one of a stream that has ended.
     */
    private static final class KnownFrames extends Http2FrameListenerDecorator {
        KnownFrames(Http2FrameListener listener) {
            super(listener);
        }

        @Override
        public void onPriorityRead(
                ChannelHandlerContext context, int streamId, int dependency, short weight, boolean isExclusive) {}

        @Override
        public void onUnknownFrame(
                ChannelHandlerContext context, byte type, int streamId, Http2Flags flags, ByteBuf payload) {}
    }

    /** Adds the handlers of a connection that begins. */
    static void begin(ChannelPipeline pipeline, RestServer server, Lane lane, Deadlines deadlines, JsonReplies json) {
        RestLimits limits = server.limits();
        DefaultHttp2Connection connection = new DefaultHttp2Connection(true);
        AnswerFlow flow = new AnswerFlow(connection);
        connection.remote().flowController(flow);
        Http2FrameCodec codec = new Builder(connection)
                .initialSettings(Http2Settings.defaultSettings()
                        .maxConcurrentStreams(STREAMS_MAX)
                        .maxHeaderListSize(limits.headerBytesMax()))
                .validateRequiredPseudoHeaders(true)
                .encoderEnforceMaxQueuedControlFrames(CONTROL_FRAMES_MAX)
                .decoderEnforceMaxSmallContinuationFrames(CONTINUATIONS_MAX)
                .decoderEnforceMaxRstFramesPerWindow(RESETS_MAX, RESETS_SECONDS)
                .gracefulShutdownTimeoutMillis(LINGER_MILLIS)
                .build();
        codec.setCumulator(CompactCumulator.INSTANCE);
        codec.decoder().frameListener(new KnownFrames(codec.decoder().frameListener()));
        Http2Streams streams = new Http2Streams(connection, flow, limits.bodyBytesMax());
        deadlines.multiplexed(streams);
        pipeline.addLast(codec)
                .addLast(new Http2MultiplexHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel stream) {
                        Deadlines own = deadlines.ofStream();
                        stream.pipeline()
                                .addLast(own)
                                .addLast(new Http2StreamFrameToHttpObjectCodec(true))
                                .addLast(new RestConnection(server, lane, own, json, new Http2Wire(streams)));
                    }
                }))
                .addLast(new Http2Connection(streams));
    }

    /** Netty's, for a connection that is already there. */
    private static final class Builder extends Http2FrameCodecBuilder {
        Builder(DefaultHttp2Connection connection) {
            var _ = connection(connection);
        }
    }

    /** Has the client begin no further request, if the connection is one of HTTP/2; those that it has begun are answered. */
    static boolean goAway(Channel channel) {
        if (channel.pipeline().get(Http2Connection.class) == null) {
            return false;
        }
        var _ = channel.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
        return true;
    }

    /** Bytes of answers that a client of HTTP/2 has not taken; of one of HTTP/1.1 none. On the connection's event loop. */
    static long unsentBytes(Channel channel) {
        Http2Connection connection = channel.pipeline().get(Http2Connection.class);
        return connection == null ? 0 : connection.streams.unsentBytes();
    }

    /** What concerns no stream: settings, pings, the client's going away. The codec has answered it. */
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
        ReferenceCountUtil.release(frame);
    }

    /** What is no stream's body (heads, resets, answers to pings) has no window: a client that takes none of it is not read. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        ctx.channel().config().setAutoRead(ctx.channel().isWritable());
    }

    /** Before Netty ends the streams. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        streams.ended();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("HTTP/2 connection of {} closed: {}", ctx.channel().remoteAddress(), cause.toString());
        var _ = ctx.close();
    }
}
