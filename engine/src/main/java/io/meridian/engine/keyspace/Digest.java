// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.keyspace;

import io.meridian.engine.ByteWriter;
import io.meridian.engine.SipHash;
import java.util.HexFormat;

/**
 * A fingerprint of a state: equal states have equal ones, in whatever order their parts were added up.
 *
 * <p>It tells replicas that have parted from those that have not; it is no proof against somebody who forges a state.
 */
public record Digest(long high, long low) {
    private static final SipHash HIGH = new SipHash(0x6d65726964696931L, 0x1);
    private static final SipHash LOW = new SipHash(0x6d65726964696932L, 0x2);

    /** 32 hexadecimal digits. */
    @Override
    public String toString() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(high) + hex.toHexDigits(low);
    }

    /** Adds up a digest. */
    public static final class Sum {
        private long high;
        private long low;

        public void add(ByteWriter part) {
            high += HIGH.hash(part.array(), 0, part.length());
            low += LOW.hash(part.array(), 0, part.length());
        }

        public Digest digest() {
            return new Digest(high, low);
        }
    }
}
