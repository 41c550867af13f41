// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.check;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * A point that a search has been at: which operations were taken, and the state they led to.
 *
 * <p>Operations are numbered by call time, so those taken are a full run and then a few bits; only the bits are kept.
 */
final class Configuration {
    private final int run;
    private final long[] definite;
    private final long[] unknown;
    private final Object state;
    private final int hash;

    Configuration(BitSet definite, BitSet unknown, Object state) {
        this.run = definite.nextClearBit(0);
        int length = definite.length();
        this.definite = run >= length ? new long[0] : definite.get(run, length).toLongArray();
        this.unknown = unknown.toLongArray();
        this.state = state;
        this.hash = ((31 * run + Arrays.hashCode(this.definite)) * 31 + Arrays.hashCode(this.unknown)) * 31
                + state.hashCode();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Configuration that
                && that.hash == hash
                && that.run == run
                && Arrays.equals(that.definite, definite)
                && Arrays.equals(that.unknown, unknown)
                && that.state.equals(state);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
