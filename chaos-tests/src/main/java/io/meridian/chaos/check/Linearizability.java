// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.check;

import io.meridian.chaos.history.Call;
import io.meridian.chaos.history.Level;
import io.meridian.chaos.history.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether all operations took effect at one instant between call and return.
 *
 * <p>Each key is an object of its own, for a history is linearizable exactly if that of each object is (Herlihy and
 * Wing, §3.3). Reads below the linearizable level are not looked at here.
 */
public final class Linearizability {
    private Linearizability() {}

    /** Checks each key with the model that its calls ask for; the limits hold for each key. */
    public static Verdict check(List<Operation> operations, Limits limits) {
        Map<String, List<Operation>> byKey = byKey(operations);
        List<Verdict> verdicts = new ArrayList<>();
        int checked = 0;
        for (Map.Entry<String, List<Operation>> entry : byKey.entrySet()) {
            checked += entry.getValue().size();
            verdicts.add(checkKey(modelFor(entry.getValue()), entry.getKey(), entry.getValue(), limits));
        }
        return Verdict.all("linearizable: " + checked + " operations on " + byKey.size() + " keys", verdicts);
    }

    /** Checks the operations of one key, all of them at the linearizable level. */
    public static <S> Verdict checkKey(Model<S> model, String key, List<Operation> operations, Limits limits) {
        Search<S> search = new Search<>(model, operations, limits, false);
        return switch (search.run()) {
            case FOUND -> new Verdict.Holds(key + ": " + operations.size() + " operations");
            case GAVE_UP ->
                new Verdict.Undecided("%s (%s): undecided after %,d operations, %,d configurations, limit %s and %,d"
                        .formatted(
                                key,
                                model.name(),
                                operations.size(),
                                search.configurations(),
                                limits.time(),
                                limits.configurations()));
            case NONE ->
                new Verdict.Broken(
                        new Counterexample<>(model, key, limits.withTime(shrinking(limits))).explain(operations));
        };
    }

    private static Duration shrinking(Limits limits) {
        Duration most = Duration.ofSeconds(10);
        return limits.time().compareTo(most) < 0 ? limits.time() : most;
    }

    private static Map<String, List<Operation>> byKey(List<Operation> operations) {
        Map<String, List<Operation>> byKey = new LinkedHashMap<>();
        for (Operation operation : operations) {
            if (operation.level() == Level.LINEARIZABLE) {
                byKey.computeIfAbsent(operation.key(), _ -> new ArrayList<>()).add(operation);
            }
        }
        return byKey;
    }

    private static Model<?> modelFor(List<Operation> operations) {
        for (Operation operation : operations) {
            switch (operation.call()) {
                case Call.Increment _ -> {
                    return new CounterModel();
                }
                case Call.Append _, Call.ReadList _ -> {
                    return new ListModel();
                }
                case Call.Set _, Call.CompareAndSet _ -> {
                    return new RegisterModel();
                }
                case Call.Get _ -> {}
            }
        }
        return new RegisterModel();
    }
}
