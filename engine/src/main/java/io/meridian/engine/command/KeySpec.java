// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import io.meridian.engine.Args;
import io.meridian.engine.Numbers;
import java.util.function.IntConsumer;

/** Where the keys of a command stand among its args. */
public sealed interface KeySpec {
    /** No keys: PING, DBSIZE. */
    KeySpec NONE = new None();

    /** Calls with the index of each key; none where the args are too short or malformed. */
    void forEach(Args args, IntConsumer keyAt);

    static KeySpec key(int at) {
        return new Range(at, at, 1);
    }

    /** As COMMAND INFO has it: last counts from the end when negative. */
    static KeySpec keys(int first, int last, int step) {
        return new Range(first, last, step);
    }

    record None() implements KeySpec {
        @Override
        public void forEach(Args args, IntConsumer keyAt) {}
    }

    /** GET 1..1, MSET 1..-1 step 2. */
    record Range(int first, int last, int step) implements KeySpec {
        @Override
        public void forEach(Args args, IntConsumer keyAt) {
            int end = last < 0 ? args.count() + last : last;
            for (int i = first; i <= end && i < args.count(); i += step) {
                keyAt.accept(i);
            }
        }
    }

    /** A count at an index, then so many keys: LMPOP, EVAL, ZUNION. */
    record Counted(int countAt) implements KeySpec {
        @Override
        public void forEach(Args args, IntConsumer keyAt) {
            if (countAt >= args.count()) {
                return;
            }
            long count = Numbers.asLong(args.bytesAt(countAt)).orElse(0);
            if (count > args.count() - 1 - countAt) {
                return;
            }
            for (int i = countAt + 1; i <= countAt + count; i++) {
                keyAt.accept(i);
            }
        }
    }
}
