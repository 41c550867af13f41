// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.check;

import io.meridian.chaos.history.Call;
import io.meridian.chaos.history.Level;
import io.meridian.chaos.history.Operation;
import io.meridian.chaos.history.Outcome;
import io.meridian.chaos.history.Place;
import io.meridian.chaos.history.Result;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A history written by hand: one line an operation, on one key, times in any unit. */
final class Script {
    private final String key;
    private final List<Operation> operations = new ArrayList<>();

    Script(String key) {
        this.key = key;
    }

    Script set(int process, int from, int to, String value) {
        return add(process, from, to, new Call.Set(value), Result.DONE, Outcome.OK, Level.LINEARIZABLE);
    }

    Script get(int process, int from, int to, String value) {
        return read(process, from, to, value, Level.LINEARIZABLE);
    }

    /** The value "nil" stands for none. */
    Script read(int process, int from, int to, String value, Level level) {
        Result result = "nil".equals(value) ? Result.NIL : new Result.Text(value);
        return add(process, from, to, new Call.Get(), result, Outcome.OK, level);
    }

    Script cas(int process, int from, int to, String expected, String value, boolean done) {
        Call call = new Call.CompareAndSet(expected, value);
        return add(process, from, to, call, new Result.Count(done ? 1 : 0), Outcome.OK, Level.LINEARIZABLE);
    }

    Script increment(int process, int from, int to, long count) {
        return add(process, from, to, new Call.Increment(), new Result.Count(count), Outcome.OK, Level.LINEARIZABLE);
    }

    Script append(int process, int from, int to, String element, long length) {
        Call call = new Call.Append(element);
        return add(process, from, to, call, new Result.Count(length), Outcome.OK, Level.LINEARIZABLE);
    }

    Script range(int process, int from, int to, String... elements) {
        return range(process, from, to, Level.LINEARIZABLE, elements);
    }

    Script range(int process, int from, int to, Level level, String... elements) {
        Result result = new Result.Elements(Arrays.asList(elements));
        return add(process, from, to, new Call.ReadList(), result, Outcome.OK, level);
    }

    Script unknown(int process, int from, Call call) {
        Result result = new Result.Failure("connection lost");
        return add(process, from, from + 1, call, result, Outcome.UNKNOWN, Level.LINEARIZABLE);
    }

    Script fail(int process, int from, int to, Call call) {
        Result result = new Result.Failure("ERR no leader");
        return add(process, from, to, call, result, Outcome.FAIL, Level.LINEARIZABLE);
    }

    Script indexed(int process, int from, int to, String value, long index) {
        Operation plain =
                read(process, from, to, value, Level.SESSION).operations.removeLast();
        operations.add(new Operation(
                process,
                plain.session(),
                plain.call(),
                key,
                plain.result(),
                from,
                to,
                Outcome.OK,
                plain.place(),
                Level.SESSION,
                index));
        return this;
    }

    Script add(int process, int from, int to, Call call, Result result, Outcome outcome, Level level) {
        Place place = new Place(process % 2 == 0 ? "us" : "eu", "node-" + process);
        operations.add(new Operation(process, "s" + process, call, key, result, from, to, outcome, place, level, 0));
        return this;
    }

    Script and(Script other) {
        operations.addAll(other.operations);
        return this;
    }

    List<Operation> operations() {
        return List.copyOf(operations);
    }

    Verdict linearizability() {
        return Linearizability.check(operations, Limits.USUAL);
    }

    Verdict sessions() {
        return SessionGuarantees.check(operations);
    }
}
