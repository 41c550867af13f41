// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.jmh;

import io.meridian.engine.Args;
import java.util.Random;
import java.util.function.Function;

/** Command lines made beforehand, on random keys, given out in turn. */
final class Lines {
    static final int KEYS = 100_000;
    /** A power of two, so that the next one is found without a division; too many for a processor to learn by heart. */
    static final int COUNT = 8192;

    static final String VALUE = "x".repeat(100);

    private final Args[] lines = new Args[COUNT];
    private int next;

    private Lines() {}

    static Lines of(Function<String, Args> line) {
        Lines lines = new Lines();
        Random random = new Random(1);
        for (int i = 0; i < COUNT; i++) {
            lines.lines[i] = line.apply(key(random.nextInt(KEYS)));
        }
        return lines;
    }

    static String key(int number) {
        return String.format("key:%012d", number);
    }

    Args at(int i) {
        return lines[i];
    }

    Args next() {
        return lines[next++ & (COUNT - 1)];
    }
}
