// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.meridian.engine.Args;
import io.meridian.engine.Reply;
import io.meridian.router.Access;
import io.meridian.router.RouterSession;
import io.meridian.router.topology.Consistency;
import io.meridian.router.topology.Consistency.Level;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One request and its answer: which commands it holds, in what order they run, how their replies are written. */
final class RestExchange {
    private static final Args EXEC = Args.of("EXEC");
    private static final AsciiString ENCODING = AsciiString.cached("upstash-encoding");
    private static final AsciiString RESPONSE_FORMAT = AsciiString.cached("upstash-response-format");
    private static final AsciiString CONSISTENCY = AsciiString.cached("meridian-consistency");

    private final RestConnection connection;
    private final RestRequest request;
    private final RouterSession session;
    private Form form = Form.SINGLE;
    private boolean base64;
    private boolean resp2;
    private List<Args> commands = List.of();
    private @Nullable Reply[] replies = new @Nullable Reply[0];
    private int next;
    private int pending;
    private boolean advancing;
    private boolean finished;
    private long replyBytes;

    /** How the replies go into the answer. */
    private enum Form {
        SINGLE,
        PIPELINE,
        TRANSACTION
    }

    RestExchange(RestConnection connection, RestRequest request, RouterSession session) {
        this.connection = connection;
        this.request = request;
        this.session = session;
    }

    /** Whether a request carries commands, and so needs a token. */
    static boolean isCommand(HttpMethod method, String path) {
        return isCommandMethod(method) && !isHealth(path);
    }

    private static boolean isHealth(String path) {
        return path.equals("/livez") || path.equals("/readyz");
    }

    private static boolean isCommandMethod(HttpMethod method) {
        return method.equals(HttpMethod.GET)
                || method.equals(HttpMethod.POST)
                || method.equals(HttpMethod.PUT)
                || method.equals(HttpMethod.HEAD);
    }

    void start() {
        if (isAnsweredWithoutCommands()) {
            return;
        }
        try {
            readFormat();
            session.admit(request.access());
            session.forgetLastRead();
            promise(request.access().orElseThrow());
            session.select(0);
            readCommands();
            replies = new @Nullable Reply[commands.size()];
        } catch (RestException refused) {
            finish(RestAnswer.error(refused.status(), refused.line()));
            return;
        }
        goOn();
    }

    private boolean isAnsweredWithoutCommands() {
        HttpMethod method = request.method();
        if (method.equals(HttpMethod.OPTIONS)) {
            finish(RestAnswer.empty(HttpResponseStatus.OK));
            return true;
        }
        if (!isCommandMethod(method)) {
            finish(RestAnswer.empty(HttpResponseStatus.METHOD_NOT_ALLOWED));
            return true;
        }
        String path = request.path();
        if (isHealth(path)) {
            connection
                    .server()
                    .health()
                    .check(
                            path,
                            request.query(),
                            verdict -> connection.run(() -> finish(RestAnswer.of(
                                    verdict.isWell() ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE,
                                    RestAnswer.TEXT,
                                    verdict.text().getBytes(StandardCharsets.UTF_8)))));
            return true;
        }
        return false;
    }

    private void readFormat() throws RestException {
        base64 = "base64".equalsIgnoreCase(request.headers().get(ENCODING));
        String format = request.headers().get(RESPONSE_FORMAT);
        if (format != null && !format.equals("json")) {
            if (!format.equals("resp2")) {
                throw RestException.badRequest("ERR invalid Upstash-Response-Format: expected json or resp2");
            }
            if (base64) {
                throw RestException.badRequest(
                        "ERR Upstash-Response-Format resp2 does not go with Upstash-Encoding base64");
            }
            resp2 = true;
        }
    }

    /** The level of this request's reads, and the token that they must not fall behind. */
    private void promise(Access access) throws RestException {
        String token = request.headers().get(RestResponses.SYNC_TOKEN);
        String wanted = request.headers().get(CONSISTENCY);
        if (wanted != null) {
            try {
                session.level(connection.server().router().checkLevel(Consistency.parse(wanted.trim())));
            } catch (IllegalArgumentException unknown) {
                throw RestException.badRequest("ERR invalid Meridian-Consistency: " + unknown.getMessage());
            }
        } else if (token != null
                && access.level().isEmpty()
                && access.restLevel().level() != Level.LINEARIZABLE) {
            // Also when it is empty: the client asks for its own writes, and this connection may know of some.
            session.level(Consistency.SESSION);
        } else {
            session.level(access.level().orElse(access.restLevel()));
        }
        if (token != null && !token.isEmpty()) {
            session.raise(token);
        }
    }

    private void readCommands() throws RestException {
        RequestReader reader = connection.server().reader();
        String path = request.path();
        byte[] body = request.body().array();
        if (path.equals("/pipeline")) {
            form = Form.PIPELINE;
            commands = reader.commands(body);
        } else if (path.equals("/multi-exec")) {
            form = Form.TRANSACTION;
            commands = reader.commands(body);
            checkTransaction();
            session.multi();
        } else if (path.equals("/") || path.isEmpty()) {
            commands = List.of(reader.checked(reader.command(body)));
        } else {
            commands = List.of(reader.fromPath(path, request.query(), body));
        }
    }

    /** A transaction with a command that is not allowed or too large is discarded as a whole, before anything is queued. */
    private void checkTransaction() throws RestException {
        for (Args command : commands) {
            String refusal = refusal(command);
            if (!refusal.isEmpty()) {
                throw RestException.badRequest(refusal);
            }
        }
    }

    private String refusal(Args command) {
        if (connection.server().isNotOverRest(command)) {
            return RestErrors.notOverRest(command.textAt(0));
        }
        int limit = connection.server().limits().requestBytesMax();
        return command.byteCount() > limit ? RestErrors.requestTooLarge(limit, command.byteCount()) : "";
    }

    /** Offers commands to the session until it takes no more for now, or all are taken. */
    void goOn() {
        if (advancing || finished) {
            return;
        }
        advancing = true;
        try {
            while (next < commands.size()) {
                Args command = commands.get(next);
                int place = next;
                String refusal = refusal(command);
                pending++;
                next++;
                if (!refusal.isEmpty()) {
                    take(place, new Reply.Failure(refusal));
                } else if (!session.execute(command, reply -> take(place, reply))) {
                    pending--;
                    next--;
                    return;
                }
            }
        } finally {
            advancing = false;
        }
        finishIfComplete();
    }

    private void take(int place, Reply reply) {
        replies[place] = RestErrors.reworded(bounded(reply));
        pending--;
        finishIfComplete();
    }

    /** Replies have a limit each, and all of a request together that of a request's body. */
    private Reply bounded(Reply reply) {
        RestLimits limits = connection.server().limits();
        long size = JsonReplies.size(reply);
        if (size > limits.replyBytesMax()) {
            return new Reply.Failure(RestErrors.requestTooLarge(limits.replyBytesMax(), size));
        }
        if (replyBytes + size > limits.bodyBytesMax()) {
            return new Reply.Failure(RestErrors.requestTooLarge(limits.bodyBytesMax(), replyBytes + size));
        }
        replyBytes += size;
        return reply;
    }

    private void finishIfComplete() {
        if (advancing || finished || pending > 0 || next < commands.size()) {
            return;
        }
        switch (form) {
            case SINGLE -> single(java.util.Objects.requireNonNull(replies[0]));
            case PIPELINE -> finish(successful(many(all())));
            case TRANSACTION -> execute();
        }
    }

    private List<Reply> all() {
        return Arrays.stream(replies).map(java.util.Objects::requireNonNull).toList();
    }

    private byte[] many(List<Reply> entries) {
        if (!resp2) {
            return connection.json().many(entries, base64);
        }
        return connection.server().resp().write(entries);
    }

    private void single(Reply reply) {
        HttpResponseStatus status =
                reply instanceof Reply.Failure failure ? RestErrors.statusOf(failure) : HttpResponseStatus.OK;
        byte[] body = resp2
                ? connection.server().resp().write(List.of(reply))
                : connection.json().single(reply, base64);
        if (status.equals(HttpResponseStatus.OK)) {
            finish(successful(body));
        } else {
            finish(RestAnswer.of(status, resp2 ? RestAnswer.OCTETS : RestAnswer.JSON, body));
        }
    }

    private RestAnswer successful(byte[] body) {
        return new RestAnswer(
                HttpResponseStatus.OK,
                resp2 ? RestAnswer.OCTETS : RestAnswer.JSON,
                new RestRequest.Body(io.meridian.engine.Bytes.of(body)),
                session.tokenText(),
                session.lastRead());
    }

    /** All commands of the transaction are queued, or one was refused and the whole is discarded. */
    private void execute() {
        for (Reply queued : all()) {
            if (queued instanceof Reply.Failure failure) {
                session.discard();
                finish(RestAnswer.error(HttpResponseStatus.BAD_REQUEST, RestErrors.reworded(failure.line())));
                return;
            }
        }
        // From here on the one command under way is EXEC.
        form = Form.SINGLE;
        commands = List.of(EXEC);
        replies = new @Nullable Reply[1];
        next = 0;
        if (!session.execute(EXEC, this::executed)) {
            throw new IllegalStateException("a session with nothing under way takes EXEC");
        }
    }

    private void executed(Reply reply) {
        // The transaction form has no resp2 variant.
        resp2 = false;
        switch (reply) {
            case Reply.Array array ->
                finish(successful(many(array.items().stream()
                        .map(entry -> RestErrors.reworded(bounded(entry)))
                        .toList())));
            case Reply.Failure failure ->
                finish(RestAnswer.error(RestErrors.statusOf(failure), RestErrors.reworded(failure.line())));
            default ->
                finish(RestAnswer.error(HttpResponseStatus.INTERNAL_SERVER_ERROR, "ERR unexpected reply to EXEC"));
        }
    }

    private void finish(RestAnswer answer) {
        if (!finished) {
            finished = true;
            connection.answered(answer, request);
        }
    }
}
