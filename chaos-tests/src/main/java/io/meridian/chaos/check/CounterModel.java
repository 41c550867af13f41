// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.check;

import io.meridian.chaos.history.Call;
import io.meridian.chaos.history.Operation;
import io.meridian.chaos.history.Result;
import java.util.Optional;

/** A number that starts at nothing, grows by one, and tells its new value. */
public final class CounterModel implements Model<Long> {

    @Override
    public String name() {
        return "counter";
    }

    @Override
    public Long initial() {
        return 0L;
    }

    @Override
    public Optional<Long> step(Long state, Operation operation) {
        return switch (operation.call()) {
            case Call.Increment _ -> {
                long next = state + 1;
                yield operation.isUnknown() || operation.result().equals(new Result.Count(next))
                        ? Optional.of(next)
                        : Optional.empty();
            }
            case Call.Get _ ->
                operation.isUnknown() || shows(operation.result(), state) ? Optional.of(state) : Optional.empty();
            case Call.Set _, Call.CompareAndSet _, Call.Append _, Call.ReadList _ ->
                throw new IllegalArgumentException("not on a counter: " + operation.inWords());
        };
    }

    private static boolean shows(Result result, long count) {
        return count == 0 ? result.equals(Result.NIL) : result.equals(new Result.Text(Long.toString(count)));
    }
}
