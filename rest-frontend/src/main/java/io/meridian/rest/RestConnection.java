// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.meridian.engine.Bytes;
import io.meridian.engine.command.Session.ReplyMode;
import io.meridian.router.Access;
import io.meridian.router.Connection;
import io.meridian.router.Frontend;
import io.meridian.router.Lane;
import io.meridian.router.RouterSession;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.IdleStateEvent;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP connection: puts requests together, lets in those with a token, and answers one after the other.
 *
 * <p>Everything but {@link #kill} happens on the event loop's thread. A body is only gathered once the request's token was
 * found good: before that nothing of a client is kept but one header block.
 */
final class RestConnection extends SimpleChannelInboundHandler<HttpObject> implements Connection {
    private static final Logger LOG = LoggerFactory.getLogger(RestConnection.class);
    /** Requests that came while one is answered; beyond them the socket is not read. */
    private static final int WAITING_MAX = 32;

    private final RestLimits limits;
    private final RequestReader reader;
    private final RestServer server;
    private final Lane lane;
    private final HeaderDeadline deadline;
    private final RestResponses responses = new RestResponses();
    private final ArrayDeque<RestRequest> waiting = new ArrayDeque<>();
    private @Nullable ChannelHandlerContext context;
    private @Nullable RouterSession session;
    // The request that is being put together; without one, content is of a request that was refused.
    private @Nullable HttpRequest head;
    private ByteArrayOutputStream body = new ByteArrayOutputStream(0);
    private @Nullable RestExchange running;
    private boolean closing;
    private String lastToken = "";
    private Optional<Access> lastAccess = Optional.empty();

    RestConnection(RestLimits limits, RequestReader reader, RestServer server, Lane lane, HeaderDeadline deadline) {
        this.limits = limits;
        this.reader = reader;
        this.server = server;
        this.lane = lane;
        this.deadline = deadline;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        context = ctx;
        session = lane.open(Frontend.REST, this);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        context = null;
        closing = true;
        waiting.clear();
        if (session != null) {
            session.close();
        }
        server.closed();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
        if (closing) {
            return;
        }
        if (message.decoderResult().isFailure()) {
            refuseAndClose(
                    message.decoderResult().cause() instanceof TooLongFrameException
                            ? HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
                            : HttpResponseStatus.BAD_REQUEST,
                    "ERR malformed HTTP request");
            return;
        }
        if (message instanceof HttpRequest request) {
            begin(request);
        }
        if (message instanceof HttpContent content && head != null) {
            gather(content);
        }
    }

    private void begin(HttpRequest request) {
        deadline.headerCame();
        head = request;
        body = new ByteArrayOutputStream(0);
        if (HttpUtil.getContentLength(request, 0L) > limits.bodyBytesMax()) {
            refuseAndClose(
                    HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                    RestErrors.requestTooLarge(limits.bodyBytesMax(), HttpUtil.getContentLength(request, 0L)));
            return;
        }
        boolean isOpen = RestExchange.needsNoToken(request.method(), request.uri());
        if (!isOpen && accessOf(request).isEmpty()) {
            // The body of a stranger is not kept; if there is one, the connection goes too.
            boolean hasBody = HttpUtil.isTransferEncodingChunked(request) || HttpUtil.getContentLength(request, 0L) > 0;
            if (hasBody) {
                refuseAndClose(HttpResponseStatus.UNAUTHORIZED, RestErrors.UNAUTHORIZED);
                return;
            }
        }
        if (HttpUtil.is100ContinueExpected(request) && context != null) {
            var _ = context.writeAndFlush(RestResponses.carryOn());
        }
    }

    private void gather(HttpContent content) {
        int count = content.content().readableBytes();
        if (body.size() + count > limits.bodyBytesMax()) {
            refuseAndClose(
                    HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                    RestErrors.requestTooLarge(limits.bodyBytesMax(), body.size() + (long) count));
            return;
        }
        if (count > 0) {
            byte[] bytes = new byte[count];
            content.content().readBytes(bytes);
            body.writeBytes(bytes);
        }
        HttpRequest request = head;
        if (content instanceof LastHttpContent && request != null) {
            head = null;
            deadline.requestCame();
            String uri = request.uri();
            int question = uri.indexOf('?');
            waiting.add(new RestRequest(
                    request.method(),
                    question < 0 ? uri : uri.substring(0, question),
                    question < 0 ? "" : uri.substring(question + 1),
                    request.headers(),
                    new RestRequest.Body(Bytes.of(body.toByteArray())),
                    HttpUtil.isKeepAlive(request)));
            body = new ByteArrayOutputStream(0);
            if (waiting.size() >= WAITING_MAX && context != null) {
                context.channel().config().setAutoRead(false);
            }
            next();
        }
    }

    /** Starts the next request, if none is being answered. */
    private void next() {
        while (running == null && !closing) {
            RestRequest request = waiting.poll();
            if (request == null) {
                break;
            }
            RestExchange exchange = new RestExchange(this, request, java.util.Objects.requireNonNull(session), reader);
            running = exchange;
            exchange.start();
        }
        if (waiting.size() < WAITING_MAX && context != null) {
            context.channel().config().setAutoRead(true);
        }
    }

    /** The current request's answer is complete. */
    void answered(RestAnswer answer, RestRequest request) {
        running = null;
        ChannelHandlerContext open = context;
        if (open == null) {
            return;
        }
        boolean keepAlive = request.keepAlive() && !closing;
        var _ = open.write(responses.full(open, answer, request, keepAlive), open.voidPromise());
        if (!keepAlive) {
            closing = true;
        }
        lane.atTurnEnd(this::flush);
        next();
    }

    private void flush() {
        ChannelHandlerContext open = context;
        if (open != null) {
            open.flush();
            if (closing && running == null) {
                var _ = open.close();
            }
        }
    }

    private void refuseAndClose(HttpResponseStatus status, String line) {
        closing = true;
        head = null;
        ChannelHandlerContext open = context;
        if (open != null) {
            var _ = open.writeAndFlush(responses.refusal(open, status, line))
                    .addListener(io.netty.channel.ChannelFutureListener.CLOSE);
        }
    }

    /** What the request's token opens; remembered, because a client sends the same one again and again. */
    Optional<Access> accessOf(HttpRequest request) {
        int question = request.uri().indexOf('?');
        return access(
                request.headers().get(HttpHeaderNames.AUTHORIZATION),
                question < 0 ? "" : request.uri().substring(question + 1));
    }

    Optional<Access> access(@Nullable String authorization, String query) {
        String token = token(authorization, query);
        if (token.isEmpty()) {
            return Optional.empty();
        }
        if (!token.equals(lastToken)) {
            lastAccess = server.router().credentials().open(Bytes.of(token));
            lastToken = token;
        }
        return lastAccess;
    }

    /** The query's token wins over the header's; the header may hold the bare token. */
    private static String token(@Nullable String authorization, String query) {
        if (query.contains("_token=")) {
            String[] found = {""};
            try {
                RequestReader.forEachParameter(query, (name, value) -> {
                    if (name.equals("_token") && value != null) {
                        found[0] = value;
                    }
                });
            } catch (RestException malformed) {
                LOG.debug("a query that cannot be read: {}", malformed.line());
            }
            return found[0];
        }
        if (authorization == null) {
            return "";
        }
        return authorization.regionMatches(true, 0, "Bearer ", 0, 7)
                ? authorization.substring(7).trim()
                : authorization.trim();
    }

    /** Runs the action on the event loop, if the connection is still open. */
    void run(Runnable action) {
        ChannelHandlerContext open = context;
        if (open != null) {
            open.executor().execute(action);
        }
    }

    RestServer server() {
        return server;
    }

    RestLimits limits() {
        return limits;
    }

    static boolean isCommandMethod(HttpMethod method) {
        return method.equals(HttpMethod.GET)
                || method.equals(HttpMethod.POST)
                || method.equals(HttpMethod.PUT)
                || method.equals(HttpMethod.HEAD);
    }

    // ---------------------------------------------------------------- what the session asks

    @Override
    public void resume() {
        run(() -> {
            RestExchange exchange = running;
            if (exchange != null) {
                exchange.goOn();
            }
        });
    }

    @Override
    public void closeAfterReply() {
        closing = true;
    }

    @Override
    public void kill() {
        ChannelHandlerContext open = context;
        if (open != null) {
            var _ = open.close();
        }
    }

    @Override
    public void replies(ReplyMode mode) {
        LOG.debug("CLIENT REPLY means nothing over HTTP: {}", mode);
    }

    @Override
    public String remoteAddress() {
        return context == null ? "" : text(context.channel().remoteAddress());
    }

    @Override
    public String localAddress() {
        return context == null ? "" : text(context.channel().localAddress());
    }

    private static String text(SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
                : String.valueOf(address);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof IdleStateEvent && running == null) {
            var _ = ctx.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof java.io.IOException) {
            LOG.debug("{}: {}", remoteAddress(), cause.toString());
        } else {
            LOG.error("connection of {} closed by a failure of ours", remoteAddress(), cause);
        }
        var _ = ctx.close();
    }
}
