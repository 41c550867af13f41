// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.entry;

import io.meridian.engine.ByteReader;
import io.meridian.engine.Bytes;
import io.meridian.engine.CorruptBytesException;
import java.util.ArrayList;
import java.util.List;

/**
 * An entry, checked: its format is known, its checksum is right, its sections are whole.
 *
 * @param epochMillis the leader's clock
 * @param seed what all chance in the entry comes from
 * @param sections in order; slices of the entry's array
 */
public record EntryReader(long epochMillis, long seed, List<Section> sections) {
    /** Throws CorruptEntryException for bytes that are not an entry, or one of a newer version. */
    public static EntryReader open(Bytes entry) {
        if (entry.length() < EntryWriter.BODY_AT) {
            throw new CorruptEntryException("an entry of " + entry.length() + " bytes");
        }
        int format = entry.at(0);
        if (format != EntryWriter.FORMAT) {
            throw new CorruptEntryException("an entry of format " + format + "; known is " + EntryWriter.FORMAT);
        }
        try {
            ByteReader in = new ByteReader(entry);
            in.take(EntryWriter.CRC_AT);
            int expected = in.i32();
            int actual = EntryWriter.checksum(entry.array(), entry.offset(), entry.offset() + entry.length());
            if (actual != expected) {
                throw new CorruptEntryException("an entry whose checksum is wrong");
            }
            return read(in);
        } catch (CorruptEntryException corrupt) {
            throw corrupt;
        } catch (CorruptBytesException corrupt) {
            throw new CorruptEntryException("an entry that " + corrupt.getMessage());
        }
    }

    private static EntryReader read(ByteReader in) {
        long epochMillis = in.i64();
        long seed = in.i64();
        List<Section> sections = new ArrayList<>();
        while (in.remaining() > 0) {
            sections.add(section(in));
        }
        if (sections.isEmpty()) {
            throw new CorruptEntryException("an entry without sections");
        }
        return new EntryReader(epochMillis, seed, sections);
    }

    private static Section section(ByteReader in) {
        int kind = in.u8();
        return switch (kind) {
            case EntryWriter.WRITES -> writes(in);
            case EntryWriter.EXPIRE -> {
                long limit = in.varint();
                if (limit < 0 || limit > Integer.MAX_VALUE) {
                    throw new CorruptEntryException("an expiry of " + limit + " keys");
                }
                yield new Section.Expire((int) limit);
            }
            case EntryWriter.GENESIS -> new Section.Genesis(in.i64(), in.i64());
            case EntryWriter.FULL -> new Section.Full();
            default -> throw new CorruptEntryException("no section is of kind " + kind);
        };
    }

    private static Section writes(ByteReader in) {
        long origin = in.i64();
        long sequence = in.varint();
        long ackedBelow = in.varint();
        int items = in.count();
        Bytes bytes = in.bytes();
        if (origin == 0 || sequence <= 0 || ackedBelow < 0) {
            throw new CorruptEntryException("a bundle numbered " + sequence + " by " + origin);
        }
        if (items > bytes.length()) {
            throw new CorruptEntryException(items + " items in " + bytes.length() + " bytes");
        }
        return new Section.Writes(origin, sequence, ackedBelow, items, bytes);
    }
}
