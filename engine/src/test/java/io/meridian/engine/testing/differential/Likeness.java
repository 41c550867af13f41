// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.testing.differential;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** When two replies count as the same. */
@FunctionalInterface
public interface Likeness {
    Likeness EXACT = RespValue::equals;

    /** The same items, in any order. */
    Likeness ANY_ORDER = (expected, actual) -> sorted(expected, 1).equals(sorted(actual, 1));

    /** The same pairs, in any order; flat or not. */
    Likeness ANY_ORDER_PAIRS = (expected, actual) -> sorted(expected, 2).equals(sorted(actual, 2));

    /** A cursor at its end, and the same items in any order. */
    Likeness WHOLE_SCAN = whole(1);

    /** The same for pairs. */
    Likeness WHOLE_PAIR_SCAN = whole(2);

    /** Only of the same kind: for what is drawn by chance, or is a measure. */
    Likeness KIND = (expected, actual) -> expected.getClass() == actual.getClass()
            && (!(expected instanceof RespValue.Failure) || expected.equals(actual));

    boolean alike(RespValue expected, RespValue actual);

    /** Equal, or two positive numbers at most so far apart. */
    static Likeness within(long tolerance) {
        return (expected, actual) -> expected.equals(actual)
                || (expected instanceof RespValue.Int one
                        && actual instanceof RespValue.Int other
                        && one.value() > 0
                        && other.value() > 0
                        && Math.abs(one.value() - other.value()) <= tolerance);
    }

    /** Equal, or two ends that were both counted from now and are at most so far apart: an absolute one is what was given. */
    static Likeness ends(long tolerance, long absoluteFrom) {
        Likeness near = within(tolerance);
        return (expected, actual) -> expected.equals(actual)
                || (near.alike(expected, actual)
                        && expected instanceof RespValue.Int one
                        && actual instanceof RespValue.Int other
                        && Math.max(one.value(), other.value()) < absoluteFrom);
    }

    private static Likeness whole(int group) {
        return (expected, actual) -> {
            if (!(expected instanceof RespValue.Items one) || !(actual instanceof RespValue.Items other)) {
                return expected.equals(actual);
            }
            return one.items().getFirst().equals(other.items().getFirst())
                    && sorted(one.items().getLast(), group)
                            .equals(sorted(other.items().getLast(), group));
        };
    }

    /** The items, so many at a time, in an order that is theirs alone; what has no items stays. */
    private static Object sorted(RespValue value, int group) {
        if (!(value instanceof RespValue.Items several)) {
            return value;
        }
        List<List<RespValue>> groups = new ArrayList<>();
        List<RespValue> items = several.items();
        // RESP3 may have made pairs of them already.
        int size = items.stream().allMatch(RespValue.Items.class::isInstance) ? 1 : group;
        for (int i = 0; i < items.size(); i += size) {
            groups.add(items.subList(i, Math.min(items.size(), i + size)));
        }
        groups.sort(Comparator.comparing(List::toString));
        return List.of(several.mark(), groups);
    }
}
