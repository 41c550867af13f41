// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.entry;

import io.meridian.engine.ByteWriter;
import io.meridian.engine.Bytes;
import java.util.zip.CRC32C;

/**
 * Makes the bytes of an entry; one after the other, by one thread.
 *
 * <pre>
 * entry   = format:u8 crc:i32 epochMillis:i64 seed:i64 section+     crc = CRC32C of the format and of what follows the crc
 * section = 0 origin:i64 sequence:varint ackedBelow:varint items:varint length:varint item*
 *         | 1 limit:varint                                          keys that have ended
 *         | 2 seed:i64 incarnation:i64                              the group's begin
 *         | 3                                                       no memory for commands that take some
 * </pre>
 */
public final class EntryWriter {
    static final int FORMAT = 1;
    static final int WRITES = 0;
    static final int EXPIRE = 1;
    static final int GENESIS = 2;
    static final int FULL = 3;

    /** Where the checksum stands, and what it covers begins. */
    static final int CRC_AT = 1;

    static final int BODY_AT = 5;

    private final ByteWriter out = new ByteWriter(4096);
    private int sections;
    private int commands;

    /** Starts an entry with its moment; what was not finished is dropped. */
    public void begin(long epochMillis, long seed) {
        out.clear();
        out.u8(FORMAT);
        out.i32(0);
        out.i64(epochMillis);
        out.i64(seed);
        sections = 0;
        commands = 0;
    }

    /** Appends the writes of a bundle; its reads are not in the entry. */
    public void add(Bundle bundle) {
        ByteWriter bytes = bundle.bytes();
        out.u8(WRITES);
        out.i64(bundle.origin());
        out.varint(bundle.sequence());
        out.varint(bundle.ackedBelow());
        out.varint(bundle.writes());
        out.bytes(bytes.array(), 0, bytes.length());
        sections++;
        commands += bundle.writes();
    }

    public void addExpire(int limit) {
        out.u8(EXPIRE);
        out.varint(limit);
        sections++;
    }

    public void addGenesis(long seed, long incarnation) {
        out.u8(GENESIS);
        out.i64(seed);
        out.i64(incarnation);
        sections++;
    }

    /** Has the writes of the bundles that follow refused that take memory. */
    public void addFull() {
        out.u8(FULL);
        sections++;
    }

    /** How many sections the entry has so far. */
    public int sections() {
        return sections;
    }

    /** How many writes are in its bundles so far. */
    public int commands() {
        return commands;
    }

    /** How many bytes the entry has so far. */
    public int length() {
        return out.length();
    }

    /** The entry, in an array of its own; throws IllegalStateException without sections. */
    public Bytes finish() {
        if (sections == 0) {
            throw new IllegalStateException("an entry without sections");
        }
        out.i32At(CRC_AT, checksum(out.array(), 0, out.length()));
        return Bytes.of(out.toArray());
    }

    static int checksum(byte[] array, int start, int end) {
        CRC32C crc = new CRC32C();
        crc.update(array, start, CRC_AT);
        crc.update(array, start + BODY_AT, end - start - BODY_AT);
        return (int) crc.getValue();
    }
}
