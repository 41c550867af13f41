// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.Reply;
import io.meridian.router.Access;
import io.meridian.router.RouterSession;
import io.meridian.router.topology.Consistency;
import io.meridian.router.topology.Consistency.Level;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request and its answer: which commands it holds, in what order they run, how their replies are written. */
final class RestExchange {
    private static final Args EXEC = Args.of("EXEC");
    static final String PIPELINE_PATH = "/pipeline";
    static final String TRANSACTION_PATH = "/multi-exec";
    static final String LIVE_PATH = "/livez";
    static final String READY_PATH = "/readyz";
    static final String DESCRIPTION_PATH = "/openapi.json";
    static final AsciiString CONSISTENCY = AsciiString.cached("meridian-consistency");
    static final AsciiString IDEMPOTENCY_KEY = AsciiString.cached("idempotency-key");
    private static final Logger LOG = LoggerFactory.getLogger(RestExchange.class);

    private final RestConnection connection;
    private final RestRequest request;
    private final RouterSession session;
    private final AnswerRoom room;
    private Form form = Form.SINGLE;
    private RestFormat format = RestFormat.JSON;
    // As they were asked, and those that are offered to the session: after a transaction's, EXEC.
    private List<Args> asked = List.of();
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
        /** The commands are being queued. */
        TRANSACTION,
        /** They are: the only command left is EXEC. */
        EXEC
    }

    RestExchange(RestConnection connection, RestRequest request, RouterSession session) {
        this.connection = connection;
        this.request = request;
        this.session = session;
        this.room = new AnswerRoom(connection.server().limits(), connection.wire());
    }

    /** Whether a request carries commands, and so needs a token. */
    static boolean isCommand(HttpMethod method, String path) {
        return isCommandMethod(method) && !isHealth(path) && !path.equals(DESCRIPTION_PATH);
    }

    /** Whether a path is one of those that tell of the node's health. */
    static boolean isHealth(String path) {
        return path.equals(LIVE_PATH) || path.equals(READY_PATH);
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
            format = RestFormat.of(request.path(), request.headers());
            checkRepeatable();
            session.admit(request.access());
            session.forgetLastRead();
            promise(request.access().orElseThrow());
            connection.begun(request);
            session.select(0);
            asked = readCommands();
            commands = asked;
            replies = new @Nullable Reply[commands.size()];
        } catch (RestException refused) {
            finish(connection.server().refusal(format, refused.status(), refused.line()));
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
        if (path.equals(DESCRIPTION_PATH)) {
            finish(RestAnswer.of(HttpResponseStatus.OK, RestAnswer.JSON, OpenApi.document()));
            return true;
        }
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

    /** A client that relies on the key sends a write again when it got no answer: without the key it would apply twice. */
    private void checkRepeatable() throws RestException {
        if (request.headers().contains(IDEMPOTENCY_KEY)) {
            throw RestException.badRequest(RestErrors.NOT_REPEATABLE);
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

    private List<Args> readCommands() throws RestException {
        RequestReader reader = connection.server().reader();
        String path = request.path();
        byte[] body = request.body().array();
        if (path.equals(PIPELINE_PATH)) {
            form = Form.PIPELINE;
            return reader.commands(body);
        }
        if (path.equals(TRANSACTION_PATH)) {
            form = Form.TRANSACTION;
            List<Args> transaction = reader.commands(body);
            checkTransaction(transaction);
            session.multi();
            return transaction;
        }
        if (path.equals("/") || path.isEmpty()) {
            return List.of(reader.checked(reader.command(body)));
        }
        return List.of(reader.fromPath(path, request.query(), body));
    }

    /** A transaction with a command that is not allowed or too large is discarded as a whole, before anything is queued. */
    private void checkTransaction(List<Args> transaction) throws RestException {
        for (Args command : transaction) {
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
                String refusal = form == Form.EXEC ? "" : refusal(command);
                pending++;
                next++;
                if (!refusal.isEmpty()) {
                    take(place, new Reply.Failure(refusal));
                } else if (room.isFull()) {
                    take(place, room.notRun());
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

    /** A failure of ours is not for who brings the reply, and has those of others to bring. */
    private void take(int place, Reply reply) {
        try {
            keep(place, reply);
            finishIfComplete();
        } catch (RuntimeException failed) {
            connection.failed(failed);
        }
    }

    private void keep(int place, Reply reply) {
        Args command = commands.get(place);
        replies[place] = RestErrors.reworded(
                switch (form) {
                    case SINGLE, PIPELINE ->
                        room.bounded(reply, () -> connection.server().isWrite(command));
                    // QUEUED; and of EXEC's reply each part has its own bound.
                    case TRANSACTION, EXEC -> reply;
                });
        pending--;
    }

    private void finishIfComplete() {
        if (advancing || finished || pending > 0 || next < commands.size()) {
            return;
        }
        switch (form) {
            case SINGLE -> single(Objects.requireNonNull(replies[0]));
            case PIPELINE -> many(all());
            case TRANSACTION -> execute();
            case EXEC -> executed(Objects.requireNonNull(replies[0]));
        }
    }

    private List<Reply> all() {
        return Arrays.stream(replies).map(Objects::requireNonNull).toList();
    }

    private void many(List<Reply> entries) {
        finish(() -> answer(
                HttpResponseStatus.OK,
                () -> format.resp2()
                        ? connection.server().resp().write(entries)
                        : connection.json().many(entries, format.base64())));
    }

    private void single(Reply reply) {
        finish(() -> answer(
                reply instanceof Reply.Failure failure ? RestErrors.statusOf(failure) : HttpResponseStatus.OK,
                () -> format.resp2()
                        ? connection.server().resp().write(List.of(reply))
                        : connection.json().single(reply, format.base64())));
    }

    /** Commands have run; one whose reply cannot be written costs nobody but this request its answer. */
    private RestAnswer answer(HttpResponseStatus status, Supplier<byte[]> body) {
        byte[] bytes;
        try {
            bytes = body.get();
        } catch (RuntimeException | OutOfMemoryError failed) {
            LOG.error("a reply cannot be written", failed);
            boolean hasWrites = asked.stream().anyMatch(connection.server()::isWrite);
            return connection
                    .server()
                    .refusal(
                            format,
                            HttpResponseStatus.INTERNAL_SERVER_ERROR,
                            hasWrites ? RestErrors.UNWRITABLE_APPLIED : RestErrors.UNWRITABLE);
        }
        connection.answering(request);
        String type = format.resp2() ? RestAnswer.OCTETS : RestAnswer.JSON;
        return status.equals(HttpResponseStatus.OK)
                ? new RestAnswer(
                        status, type, new RestRequest.Body(Bytes.of(bytes)), session.tokenText(), session.lastRead())
                : RestAnswer.of(status, type, bytes);
    }

    /** All commands of the transaction are queued, or one was refused and the whole is discarded. */
    private void execute() {
        for (Reply queued : all()) {
            if (queued instanceof Reply.Failure failure) {
                session.discard();
                finish(RestAnswer.error(HttpResponseStatus.BAD_REQUEST, failure.line()));
                return;
            }
        }
        form = Form.EXEC;
        commands = List.of(EXEC);
        replies = new @Nullable Reply[1];
        next = 0;
        goOn();
    }

    private void executed(Reply reply) {
        switch (reply) {
            case Reply.Array array -> many(transactionEntries(array.items()));
            case Reply.Failure failure -> finish(RestAnswer.error(RestErrors.statusOf(failure), failure.line()));
            default ->
                finish(RestAnswer.error(HttpResponseStatus.INTERNAL_SERVER_ERROR, "ERR unexpected reply to EXEC"));
        }
    }

    private List<Reply> transactionEntries(List<Reply> items) {
        List<Reply> entries = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            Args command = asked.get(i);
            entries.add(RestErrors.reworded(
                    room.bounded(items.get(i), () -> connection.server().isWrite(command))));
        }
        return entries;
    }

    private void finish(RestAnswer answer) {
        finish(() -> answer);
    }

    private void finish(Supplier<RestAnswer> answer) {
        if (!finished) {
            finished = true;
            answerOnceThereIsRoom(answer);
        }
    }

    private void answerOnceThereIsRoom(Supplier<RestAnswer> answer) {
        if (connection.hasRoom(request)) {
            connection.answered(answer.get(), request);
        } else {
            connection.awaitRoom(() -> answerOnceThereIsRoom(answer));
        }
    }
}
