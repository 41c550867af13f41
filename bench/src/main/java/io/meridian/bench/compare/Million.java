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

    private Million() {}

    /** Writes each key once. */
    static void write(Target target) throws IOException {
        RespLoad.Shape shape =
                new RespLoad.Shape(List.of(Verb.SET), Plan.CLIENTS, Plan.PIPELINE, VALUE_BYTES, KEYS, Order.IN_TURN);
        var _ = RespLoad.run(target, shape, Until.sent(KEYS));
    }

    static String lastKey() {
        return Words.key(KEYS - 1);
    }

    static String value() {
        return Words.value(VALUE_BYTES);
    }
}
