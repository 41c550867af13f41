// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import io.meridian.bench.client.Target;
import io.meridian.bench.load.RespLoad;
import io.meridian.bench.load.RespLoad.Order;
import io.meridian.bench.load.RespLoad.Verb;
import io.meridian.bench.load.Until;
import io.meridian.bench.load.Words;
import java.io.IOException;
import java.util.List;

/** The million keys whose memory and restart are measured. */
final class Million {
    static final long KEYS = 1_000_000;
    static final int VALUE_BYTES = 16;
    static final double MEBI = 1024 * 1024;

    private static final long WARM_UP_WRITES = 300_000;

    private Million() {}

    /** Writes one key again and again, so that what a server takes once is taken before. */
    static void warmUp(Target target) throws IOException {
        var _ = RespLoad.run(target, shape(1), Until.sent(WARM_UP_WRITES));
    }

    /** Writes each key once. */
    static void write(Target target) throws IOException {
        var _ = RespLoad.run(target, shape(KEYS), Until.sent(KEYS));
    }

    static String lastKey() {
        return Words.key(KEYS - 1);
    }

    static String value() {
        return Words.value(VALUE_BYTES);
    }

    private static RespLoad.Shape shape(long keys) {
        return new RespLoad.Shape(List.of(Verb.SET), Plan.CLIENTS, Plan.PIPELINE, VALUE_BYTES, keys, Order.IN_TURN);
    }
}
