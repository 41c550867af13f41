// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.meridian.engine.Args;
import io.meridian.engine.Reply;
import io.meridian.router.Access;
import io.meridian.router.RouterSession;
import io.meridian.router.topology.Consistency;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One request and its answer: which commands it holds, in what order they run, how their replies are written. */
final class RestExchange {
    private static final Args EXEC = Args.of("EXEC");

    private final RestConnection connection;
    private final RestRequest request;
    private final RouterSession session;
    private final RequestReader reader;
    private Form form = Form.SINGLE;
    private boolean base64;
    private boolean resp2;
    private List<Args> commands = List.of();
    private @Nullable Reply[] replies = new @Nullable Reply[0];
    private int next;
    private int pending;
    private boolean advancing;
    private boolean finished;

    /** How the replies go into the answer. */
    private enum Form {
        SINGLE,
        PIPELINE,
        TRANSACTION
    }

    RestExchange(RestConnection connection, RestRequest request, RouterSession session, RequestReader reader) {
        this.connection = connection;
        this.request = request;
        this.session = session;
        this.reader = reader;
    }

    static boolean needsNoToken(HttpMethod method, String uri) {
        return method.equals(HttpMethod.OPTIONS) || uri.startsWith("/livez") || uri.startsWith("/readyz");
    }

    void start() {
        try {
            if (isAnsweredWithoutCommands()) {
                return;
            }
            Optional<Access> access =
                    connection.access(request.headers().get(HttpHeaderNames.AUTHORIZATION), request.query());
            if (access.isEmpty()) {
                finish(RestAnswer.error(HttpResponseStatus.UNAUTHORIZED, RestErrors.UNAUTHORIZED));
                return;
            }
            readFormat();
            session.admit(access);
            promise(access.get());
            readCommands();
            replies = new @Nullable Reply[commands.size()];
            session.select(0);
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
        if (!RestConnection.isCommandMethod(method)) {
            finish(RestAnswer.empty(HttpResponseStatus.METHOD_NOT_ALLOWED));
            return true;
        }
        String path = request.path();
        if (path.equals("/livez") || path.equals("/readyz")) {
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
        base64 = "base64".equalsIgnoreCase(request.headers().get("upstash-encoding"));
        String format = request.headers().get("upstash-response-format");
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
        String wanted = request.headers().get("meridian-consistency");
        if (wanted != null) {
            try {
                session.level(connection.server().router().checkLevel(Consistency.parse(wanted.trim())));
            } catch (IllegalArgumentException unknown) {
                throw RestException.badRequest("ERR invalid Meridian-Consistency: " + unknown.getMessage());
            }
        } else if (token != null) {
            session.level(Consistency.SESSION);
        } else {
            session.level(access.level().orElse(access.restLevel()));
        }
        if (token != null && !token.isEmpty()) {
            session.raise(token);
        }
    }

    private void readCommands() throws RestException {
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
        String name = command.textAt(0).toUpperCase(Locale.ROOT);
        if (RestErrors.isConnectionOnly(name)) {
            return RestErrors.notOverRest(command.textAt(0));
        }
        int limit = connection.limits().requestBytesMax();
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
        long size = JsonReplies.size(reply);
        int limit = connection.limits().replyBytesMax();
        replies[place] = size > limit ? new Reply.Failure(RestErrors.requestTooLarge(limit, size)) : reply;
        pending--;
        finishIfComplete();
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
            return new JsonReplies().many(entries, base64);
        }
        return connection.server().resp().write(entries);
    }

    private void single(Reply reply) {
        HttpResponseStatus status =
                reply instanceof Reply.Failure failure ? RestErrors.statusOf(failure) : HttpResponseStatus.OK;
        byte[] body =
                resp2 ? connection.server().resp().write(List.of(reply)) : new JsonReplies().single(reply, base64);
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
        switch (reply) {
            case Reply.Array array -> {
                // The transaction form has no resp2 variant.
                resp2 = false;
                List<Reply> entries = array.items();
                int limit = connection.limits().replyBytesMax();
                finish(successful(new JsonReplies()
                        .many(
                                entries.stream()
                                        .<Reply>map(entry -> JsonReplies.size(entry) > limit
                                                ? new Reply.Failure(
                                                        RestErrors.requestTooLarge(limit, JsonReplies.size(entry)))
                                                : entry)
                                        .toList(),
                                base64)));
            }
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
