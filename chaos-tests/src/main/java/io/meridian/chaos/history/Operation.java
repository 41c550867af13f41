// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.history;

/**
 * One call of one client, and how it ended.
 *
 * <p>Times are nanoseconds of one clock, shared by the whole history. An operation whose outcome is unknown keeps the
 * time at which its client gave up; it may take effect later than that.
 *
 * @param process the client, which has one operation at a time
 * @param session the session whose guarantees hold for it; it may move between nodes
 * @param index the log index that the reply named; 0 when unknown
 */
public record Operation(
        int process,
        String session,
        Call call,
        String key,
        Result result,
        long callNanos,
        long returnNanos,
        Outcome outcome,
        Place place,
        Level level,
        long index) {

    public Operation {
        if (returnNanos < callNanos) {
            throw new IllegalArgumentException("returned at " + returnNanos + " before its call at " + callNanos);
        }
        if (outcome == Outcome.OK && result instanceof Result.Failure) {
            throw new IllegalArgumentException("an acknowledged operation has no error: " + result);
        }
    }

    public boolean isOk() {
        return outcome == Outcome.OK;
    }

    public boolean isUnknown() {
        return outcome == Outcome.UNKNOWN;
    }

    public boolean isRead() {
        return call.isRead();
    }

    /** Whether this was over, in real time, before the other began; an unknown one never is. */
    public boolean precedes(Operation other) {
        return outcome != Outcome.UNKNOWN && returnNanos < other.callNanos;
    }

    /** The same call, known only to have been made. */
    public Operation asUnknown(String why) {
        return new Operation(
                process,
                session,
                call,
                key,
                new Result.Failure(why),
                callNanos,
                returnNanos,
                Outcome.UNKNOWN,
                place,
                level,
                0);
    }

    /** The same call with another result. */
    public Operation withResult(Result other) {
        return new Operation(process, session, call, key, other, callNanos, returnNanos, outcome, place, level, index);
    }

    /** One line for a person, without times: {@code p3 set r1 "a" -> ok}. */
    public String inWords() {
        String asked =
                switch (call) {
                    case Call.Set set -> "set " + key + " \"" + set.value() + '"';
                    case Call.Get _ -> "get " + key;
                    case Call.CompareAndSet cas -> "cas " + key + " \"" + cas.expected() + "\" \"" + cas.value() + '"';
                    case Call.Increment _ -> "incr " + key;
                    case Call.Append append -> "append " + key + " \"" + append.element() + '"';
                    case Call.ReadList _ -> "range " + key;
                };
        String answered =
                switch (result) {
                    case Result.Done _ -> "ok";
                    case Result.Nil _ -> "nil";
                    case Result.Text text -> '"' + text.value() + '"';
                    case Result.Count count -> Long.toString(count.value());
                    case Result.Elements elements -> shortened(elements);
                    case Result.Failure failure -> (isUnknown() ? "unknown: " : "failed: ") + failure.text();
                };
        return asked + " -> " + answered;
    }

    private static String shortened(Result.Elements elements) {
        int shown = 8;
        int size = elements.values().size();
        return size <= shown
                ? elements.values().toString()
                : "[… " + (size - shown) + " more, "
                        + String.join(", ", elements.values().subList(size - shown, size)) + "]";
    }
}
