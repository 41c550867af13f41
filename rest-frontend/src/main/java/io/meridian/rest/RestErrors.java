// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.meridian.engine.Reply;
import io.meridian.engine.command.Spec;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Set;

/** Errors in Upstash's words, and the status codes they travel with. */
final class RestErrors {
    static final String UNAUTHORIZED = "WRONGPASS invalid or missing auth token. See"
            + " https://docs.upstash.com/redis/troubleshooting/http_unauthorized for details.";
    static final String NULL_ARGUMENT = "ERR null args are not supported";
    static final String EMPTY_COMMAND = "ERR empty command";
    static final String EMPTY_PIPELINE_COMMAND = "ERR empty pipeline command";
    static final String EMPTY_PIPELINE = "ERR empty pipeline request";
    static final String NOT_AN_ARRAY = "ERR failed to parse command: expected a JSON array or command text";
    static final String TOO_MANY_CONNECTIONS = "ERR max concurrent connections exceeded";
    static final String NOT_REPEATABLE =
            "ERR Idempotency-Key is not supported in this version, so that nothing was applied";
    static final String UNWRITABLE = "ERR the reply cannot be written";
    static final String UNWRITABLE_APPLIED =
            "UNKNOWN the reply cannot be written, what was asked may have been applied";
    static final String NOT_A_PIPELINE = "ERR failed to parse pipeline request: expected a JSON array of JSON arrays";

    /** Commands of a connection, which an HTTP request has none of. */
    private static final Set<String> CONNECTION_ONLY = Set.of(
            "AUTH",
            "HELLO",
            "RESET",
            "MULTI",
            "EXEC",
            "DISCARD",
            "WATCH",
            "UNWATCH",
            "CLIENT",
            "MONITOR",
            "SUBSCRIBE",
            "PSUBSCRIBE",
            "SSUBSCRIBE",
            "UNSUBSCRIBE",
            "PUNSUBSCRIBE",
            "SUNSUBSCRIBE",
            "SELECT",
            "QUIT",
            "MERIDIAN");

    /** Begins the error of a read for whose reply those of other requests leave no room. */
    private static final String OTHER_REPLIES = "ERR the replies to this connection's requests are too large together";

    /** Begins the error of a write that was applied, and whose reply is lost: there is no use in sending it again. */
    private static final String APPLIED = "UNKNOWN applied, but ";

    private static final String SIZE_PAGE =
            ". See https://docs.upstash.com/redis/troubleshooting/max_request_size_exceeded for details";

    private RestErrors() {}

    static boolean isConnectionOnly(Spec spec) {
        int bar = spec.name().indexOf('|');
        return isConnectionOnly(bar < 0 ? spec.name() : spec.name().substring(0, bar));
    }

    static boolean isConnectionOnly(String upperName) {
        return CONNECTION_ONLY.contains(upperName);
    }

    static String notOverRest(String name) {
        return "ERR Command \"" + name + "\" is not allowed in REST or it has a special context path";
    }

    static String nestedArgument(char bracket) {
        return "ERR unsupported arg type: \"" + bracket + "\": json.Delim";
    }

    static String lineTooLong(long limit) {
        return "ERR max request line size exceeded. Limit: " + limit + " bytes";
    }

    static String queryTooLong(long limit) {
        return "ERR max query size exceeded. Limit: " + limit + " bytes";
    }

    static String headerTooLarge(long limit) {
        return "ERR max header size exceeded. Limit: " + limit + " bytes";
    }

    static String requestTooLarge(long limit, long actual) {
        return "ERR max request size exceeded. Limit: " + limit + " bytes, Actual: " + actual + " bytes" + SIZE_PAGE;
    }

    static String bodiesTooLarge(long limit) {
        return "ERR the bodies of this connection's requests are too large together. Limit: " + limit + " bytes";
    }

    static String tooManyWords(long limit) {
        return "ERR too many words in a request. Limit: " + limit;
    }

    static String appliedWithLargeReply(long limit, long actual) {
        return APPLIED + "its reply is too large. Limit: " + limit + " bytes, Actual: " + actual + " bytes";
    }

    static String appliedWithoutRoom(long limit) {
        return APPLIED + "the replies of this request are too large together. Limit: " + limit + " bytes";
    }

    static String repliesTooLarge(long limit) {
        return "ERR the replies of this request are too large together. Limit: " + limit + " bytes";
    }

    static String otherRepliesTooLarge(long limit) {
        return OTHER_REPLIES + ". Limit: " + limit + " bytes";
    }

    static String notRun(long limit) {
        return "ERR not run, because the replies before it are too large together. Limit: " + limit + " bytes";
    }

    /** The reply with its error in Upstash's words, if it is one. */
    static Reply reworded(Reply reply) {
        if (!(reply instanceof Reply.Failure failure)) {
            return reply;
        }
        String line = reworded(failure.line());
        return line.equals(failure.line()) ? failure : new Reply.Failure(line);
    }

    /** Redis' line in Upstash's words, where those differ and clients are known to read them. */
    static String reworded(String line) {
        if (line.equals("ERR value is not an integer or out of range")) {
            return "ERR value is not an int or out of range";
        }
        if (line.startsWith("ERR unknown command '")) {
            int end = line.indexOf('\'', 21);
            return "ERR Command is not available: '" + line.substring(21, end)
                    + "'. See https://upstash.com/docs/redis/overall/rediscompatibility for details";
        }
        return line;
    }

    /** 400 for every command that failed, but 503 where the cluster did and 429 where its client asked too much at once. */
    static HttpResponseStatus statusOf(Reply.Failure failure) {
        String line = failure.line();
        if (line.startsWith(OTHER_REPLIES)) {
            return HttpResponseStatus.TOO_MANY_REQUESTS;
        }
        boolean isOurs = line.startsWith("CLUSTERDOWN ")
                || line.startsWith("MISCONF ")
                || (line.startsWith("UNKNOWN ") && !line.startsWith(APPLIED));
        return isOurs ? HttpResponseStatus.SERVICE_UNAVAILABLE : HttpResponseStatus.BAD_REQUEST;
    }
}
