// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import io.meridian.engine.Bytes;
import io.meridian.engine.Errors;
import io.meridian.engine.Numbers;
import io.meridian.engine.keyspace.KeyspaceView;

/**
 * When a key is to end, as EX, PX, EXAT or PXAT say it.
 *
 * @param inSeconds else in milliseconds
 * @param isAbsolute counted from the epoch, else from the entry's moment
 * @param amount the number, not looked at yet: when Redis does depends on the command
 */
record ExpiryOption(boolean inSeconds, boolean isAbsolute, Bytes amount) {
    private static final long MILLIS = 1000;

    /** The number in milliseconds; refuses what is none, or not above zero, or too large. */
    long amountMillis(String command) {
        long number = Numbers.parseLong(amount);
        if (number <= 0 || (inSeconds && number > Long.MAX_VALUE / MILLIS)) {
            throw Errors.invalidExpire(command);
        }
        return inSeconds ? number * MILLIS : number;
    }

    /** The end that an amount stands for, in epoch milliseconds; refuses one beyond what 64 bits can tell. */
    long endMillis(long amountMillis, long nowMillis, String command) {
        if (isAbsolute) {
            return atMost(amountMillis);
        }
        if (amountMillis > Long.MAX_VALUE - nowMillis) {
            throw Errors.invalidExpire(command);
        }
        return atMost(nowMillis + amountMillis);
    }

    /** The very last millisecond means no end to us, and an end to Redis: it becomes the one before. */
    static long atMost(long endMillis) {
        return Math.min(endMillis, KeyspaceView.NEVER - 1);
    }
}
