// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.meridian.engine.Bytes;
import io.meridian.engine.command.Session.ReplyMode;
import io.meridian.router.Access;
import io.meridian.router.Connection;
import io.meridian.router.Frontend;
import io.meridian.router.Lane;
import io.meridian.router.RouterSession;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP/1.1 connection, or one stream of HTTP/2: puts requests together, lets in those with a token, and answers one after
 * the other.
 *
 * <p>Everything but {@link #kill} happens on the event loop's thread. A body is only gathered once the request's token was
 * found good: before that nothing of a client is kept but what its answer needs, and the connection ends with the answer.
 */
final class RestConnection extends SimpleChannelInboundHandler<Object> implements Connection {
    private static final Logger LOG = LoggerFactory.getLogger(RestConnection.class);
    /** Requests, and bytes of their bodies, that came while one is answered; beyond them the socket is not read. */
    private static final int WAITING_MAX = 32;

    private static final int WAITING_BYTES_MAX = 1024 * 1024;
    private static final byte[] NOTHING = new byte[0];

    private final RestServer server;
    private final Lane lane;
    private final Deadlines deadlines;
    private final JsonReplies json;
    private final RestWire wire;
    private final Runnable startLater = this::next;
    private final Runnable flushAtTurnEnd = this::flush;
    private final ArrayDeque<RestRequest> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private @Nullable ChannelHandlerContext context;
    private @Nullable RouterSession session;
    // The request that is being put together; without one, content is of a request that was refused.
    private @Nullable RestRequest head;
    private boolean keepsBody;
    private byte[] body = NOTHING;
    private int bodyLength;
    // What the wire counts of bodies, until the connection or stream ends.
    private long keptBytes;
    private @Nullable RestExchange running;
    private boolean advancing;
    private boolean paused;
    private boolean flushScheduled;
    // What comes from now on is not looked at: the last request in `waiting` is a refusal.
    private boolean refusing;
    private boolean closing;
    private boolean ended;
    private String lastToken = "";
    private Optional<Access> lastAccess = Optional.empty();

    /** @param json what the connections of one event loop share */
    RestConnection(RestServer server, Lane lane, Deadlines deadlines, JsonReplies json, RestWire wire) {
        this.server = server;
        this.lane = lane;
        this.deadlines = deadlines;
        this.json = json;
        this.wire = wire;
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
        body = NOTHING;
        wire.ended(keptBytes);
        if (session != null) {
            session.close();
        }
    }

    // ---------------------------------------------------------------- requests come

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, Object message) {
        if (closing || refusing) {
            return;
        }
        if (message instanceof StrictRequestDecoder.Refused refused) {
            refuse(refused.status(), refused.line());
            return;
        }
        HttpObject part = (HttpObject) message;
        if (part.decoderResult().isFailure()) {
            refuseMalformed(part.decoderResult().cause());
            return;
        }
        if (part instanceof HttpRequest request) {
            begin(request);
        }
        if (part instanceof HttpContent content && head != null) {
            gather(content);
        }
    }

    private void refuseMalformed(Throwable cause) {
        RestLimits limits = server.limits();
        if (cause instanceof TooLongHttpLineException) {
            refuse(HttpResponseStatus.REQUEST_URI_TOO_LONG, RestErrors.lineTooLong(RestLimits.LINE_BYTES_MAX));
        } else if (cause instanceof TooLongHttpHeaderException) {
            refuse(
                    HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                    RestErrors.headerTooLarge(limits.headerBytesMax()));
        } else {
            refuse(HttpResponseStatus.BAD_REQUEST, StrictRequestDecoder.MALFORMED);
        }
    }

    private void begin(HttpRequest request) {
        deadlines.headerCame();
        bodyLength = 0;
        String path = RestRequest.path(request.uri());
        boolean isCommand = RestExchange.isCommand(request.method(), path);
        Optional<Access> access = isCommand ? access(request) : Optional.empty();
        keepsBody = access.isPresent();
        head = keepsBody ? RestRequest.of(request, access) : RestRequest.ofStranger(request);
        if (!isPlainlyFramed(request.headers())) {
            refuse(HttpResponseStatus.BAD_REQUEST, "ERR malformed HTTP request: unsupported Transfer-Encoding");
            return;
        }
        if (isCommand && !keepsBody) {
            refuse(HttpResponseStatus.UNAUTHORIZED, RestErrors.UNAUTHORIZED);
            return;
        }
        if (!keepsBody && waiting.size() >= WAITING_MAX) {
            refuse(HttpResponseStatus.TOO_MANY_REQUESTS, "ERR too many requests at once without a token");
            return;
        }
        if (RestExchange.isHealth(path) && RestRequest.query(request.uri()).length() > RestRequest.STRANGER_TEXT_MAX) {
            refuse(HttpResponseStatus.REQUEST_URI_TOO_LONG, RestErrors.queryTooLong(RestRequest.STRANGER_TEXT_MAX));
            return;
        }
        long length = HttpUtil.getContentLength(request, 0L);
        if (keepsBody && length > server.limits().bodyBytesMax()) {
            refuseLargeBody(length);
            return;
        }
        if (HttpUtil.is100ContinueExpected(request) && context != null && running == null && waiting.isEmpty()) {
            wire.carryOn(context);
        }
    }

    /** Chunks are the only coding of a body that every reader of the connection must know (RFC 9112 §6.1). */
    private static boolean isPlainlyFramed(HttpHeaders headers) {
        if (!headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            return true;
        }
        List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        return codings.size() == 1 && codings.getFirst().strip().equalsIgnoreCase("chunked");
    }

    private void gather(HttpContent content) {
        ByteBuf bytes = content.content();
        int count = keepsBody ? bytes.readableBytes() : 0;
        long length = bodyLength + (long) count;
        if (length > server.limits().bodyBytesMax()) {
            refuseLargeBody(length);
            return;
        }
        if (count > 0 && !wire.keeps(count)) {
            refuse(
                    HttpResponseStatus.TOO_MANY_REQUESTS,
                    RestErrors.bodiesTooLarge(server.limits().bodyBytesMax()));
            return;
        }
        keptBytes += count;
        boolean isLast = content instanceof LastHttpContent;
        if (count > 0) {
            if (body.length < length) {
                // Most bodies come in one piece; a longer one doubles, because what a client announces may never come.
                body = Arrays.copyOf(body, isLast ? (int) length : (int) Math.max(length, 2L * body.length));
            }
            bytes.readBytes(body, bodyLength, count);
            bodyLength += count;
        }
        RestRequest request = head;
        if (isLast && request != null) {
            head = null;
            deadlines.requestCame();
            enqueue(whole(request));
        }
    }

    private RestRequest whole(RestRequest request) {
        Bytes content = Bytes.of(body, 0, bodyLength);
        body = NOTHING;
        bodyLength = 0;
        return request.with(content);
    }

    private void refuseLargeBody(long length) {
        refuse(
                HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                RestErrors.requestTooLarge(server.limits().bodyBytesMax(), length));
    }

    /** Answers in its turn, after the requests before it; looks at nothing that comes behind it. */
    private void refuse(HttpResponseStatus status, String line) {
        RestRequest request = head;
        refusing = true;
        head = null;
        body = NOTHING;
        deadlines.requestCame();
        RestFormat format = request == null ? RestFormat.JSON : RestFormat.ofRefused(request.path(), request.headers());
        RestAnswer refusal = server.refusal(format, status, line);
        enqueue(request == null ? RestRequest.unreadable(refusal) : request.refused(refusal));
    }

    private void enqueue(RestRequest request) {
        waiting.add(request);
        waitingBytes += request.body().bytes().length();
        next();
        if (!refusing && isFull() && context != null) {
            paused = true;
            context.channel().config().setAutoRead(false);
        }
    }

    private boolean isFull() {
        return waiting.size() >= WAITING_MAX || waitingBytes >= WAITING_BYTES_MAX;
    }

    // ---------------------------------------------------------------- answers go

    /** Starts the next request, if none is being answered and the client reads its answers. */
    private void next() {
        if (advancing) {
            return;
        }
        advancing = true;
        try {
            while (running == null
                    && !closing
                    && !server.isEnded()
                    && context != null
                    && context.channel().isWritable()) {
                RestRequest request = waiting.peek();
                if (request == null) {
                    break;
                }
                if (!wire.mayStart(request.access().isPresent())) {
                    wire.awaitRoom(startLater);
                    break;
                }
                waiting.remove();
                waitingBytes -= request.body().bytes().length();
                start(request);
            }
        } finally {
            advancing = false;
        }
        if (paused && !isFull() && context != null && !server.isStopped()) {
            paused = false;
            context.channel().config().setAutoRead(true);
        }
        if (running == null && waiting.isEmpty() && !refusing) {
            deadlines.answered();
        }
    }

    private void start(RestRequest request) {
        RestAnswer refusal = request.refusal();
        if (refusal != null) {
            write(refusal, request);
            return;
        }
        RestExchange exchange = new RestExchange(this, request, Objects.requireNonNull(session));
        running = exchange;
        orFail(exchange::start);
    }

    /** The current request's answer is complete. */
    void answered(RestAnswer answer, RestRequest request) {
        running = null;
        write(answer, request);
        next();
    }

    private void write(RestAnswer answer, RestRequest request) {
        ChannelHandlerContext open = context;
        if (open == null) {
            return;
        }
        boolean keepAlive = request.keepAlive() && !closing;
        if (!keepAlive) {
            closing = true;
        }
        try {
            wire.answer(open, answer, request, keepAlive);
        } catch (RuntimeException | OutOfMemoryError failed) {
            failed(failed);
            return;
        }
        if (!flushScheduled) {
            flushScheduled = true;
            lane.atTurnEnd(flushAtTurnEnd);
        }
    }

    private void flush() {
        flushScheduled = false;
        ChannelHandlerContext open = context;
        if (open != null) {
            open.flush();
            if (closing && running == null && !ended) {
                ended = true;
                wire.end(open, refusing);
            }
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            next();
        }
    }

    // ---------------------------------------------------------------- tokens

    /** What the request's token opens; a good one is remembered, because a client sends it again and again. */
    private Optional<Access> access(HttpRequest request) {
        String token = token(request.headers().get(HttpHeaderNames.AUTHORIZATION), RestRequest.query(request.uri()));
        if (token.isEmpty()) {
            return Optional.empty();
        }
        if (token.equals(lastToken)) {
            return lastAccess;
        }
        Optional<Access> access = server.router().credentials().open(Bytes.of(token));
        if (access.isPresent()) {
            lastAccess = access;
            lastToken = token;
        }
        return access;
    }

    /** The query's token wins over the header's; the header may hold the bare token. */
    private static String token(@Nullable String authorization, String query) {
        if (query.contains(RequestReader.TOKEN_PARAMETER)) {
            Optional<byte[]> found = RequestReader.token(query);
            if (found.isPresent()) {
                return new String(found.get(), StandardCharsets.UTF_8);
            }
        }
        if (authorization == null) {
            return "";
        }
        return authorization.regionMatches(true, 0, "Bearer ", 0, 7)
                ? authorization.substring(7).strip()
                : authorization.strip();
    }

    // ---------------------------------------------------------------- what an exchange and the session ask

    /** Runs the action on the event loop, if the connection is still open. */
    void run(Runnable action) {
        ChannelHandlerContext open = context;
        if (open != null) {
            open.executor().execute(() -> orFail(action));
        }
    }

    /** Does something for a request; a failure of ours is not for the caller, who has something to do for others, too. */
    private void orFail(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException failed) {
            failed(failed);
        }
    }

    /** A fault of this side in what was done for a request: ends the connection or stream. */
    void failed(Throwable fault) {
        LOG.error("connection of {} closed by a failure of ours", remoteAddress(), fault);
        closing = true;
        ChannelHandlerContext open = context;
        if (open != null) {
            open.flush();
            wire.fail(open, fault);
        }
    }

    RestServer server() {
        return server;
    }

    JsonReplies json() {
        return json;
    }

    RestWire wire() {
        return wire;
    }

    /** Whether the request's answer may be made. */
    boolean hasRoom(RestRequest request) {
        return wire.hasRoom(request.access().isPresent());
    }

    /** Runs what is given once it is worth asking again for room. */
    void awaitRoom(Runnable later) {
        wire.awaitRoom(() -> orFail(later));
    }

    /** A request's commands are about to run. */
    void begun(RestRequest request) {
        wire.begun(Objects.requireNonNull(session), request.access().orElseThrow());
    }

    /** They have run, and the answer is about to carry the session's token. */
    void answering(RestRequest request) {
        wire.answering(Objects.requireNonNull(session), request.access().orElseThrow());
    }

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
        // Other clients ask for it, on their own threads, and it may go meanwhile.
        ChannelHandlerContext open = context;
        return open == null ? "" : text(open.channel().remoteAddress());
    }

    @Override
    public String localAddress() {
        ChannelHandlerContext open = context;
        return open == null ? "" : text(open.channel().localAddress());
    }

    private static String text(SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
                : String.valueOf(address);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // What cannot be decoded is the client's fault: it must not fill the log.
        if (cause instanceof IOException || cause instanceof Http2Exception || cause instanceof DecoderException) {
            LOG.debug("{}: {}", remoteAddress(), cause.toString());
            wire.fail(ctx, cause);
        } else {
            failed(cause);
        }
    }
}
