// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.keyspace;

import io.meridian.engine.Bytes;
import io.meridian.engine.SipHash;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A hash table of slots by key: extendible hashing (Fagin, Nievergelt, Pippenger, Strong, TODS 1979) over segments.
 *
 * <p>It grows by splitting one segment, so that no insertion pays for more than a few hundred keys, and by doubling a directory
 * of references. A key's place is known by its tag, the first 32 bits of its hash, unsigned: the order of tags is the order of
 * every walk, on every replica, whatever the table has been through.
 */
final class KeyTable {
    /** One beyond the highest tag. */
    static final long TAG_END = 1L << 32;

    // 2^24 segments of some 300 keys: far beyond a heap. Deeper, a tag would leave its segment too few bits.
    private static final int DEPTH_MAX = 24;

    // A sixth each: joined they are a third full, far from splitting again.
    private static final int JOIN_BELOW = Segment.COUNT_MAX / 6;

    private final SipHash hash;
    private Segment[] directory = {new Segment(0, 0)};
    private int depth;
    // How many segments are as deep as the directory: without any, half of it does.
    private int deepest = 1;
    private long size;

    KeyTable(SipHash hash) {
        this.hash = hash;
    }

    SipHash hash() {
        return hash;
    }

    long size() {
        return size;
    }

    int tagOf(Bytes key) {
        return (int) (hash.hash(key) >>> 32);
    }

    @Nullable
    Object find(int tag, Bytes key) {
        Segment segment = directory[indexOf(tag)];
        int place = segment.find(tag, key);
        return place < 0 ? null : segment.slotAt(place);
    }

    /** Puts a slot in the place of the key's old one, which it returns, if any. */
    @Nullable
    Object put(int tag, Bytes key, Object slot) {
        Segment segment = directory[indexOf(tag)];
        int place = segment.find(tag, key);
        if (place >= 0) {
            return segment.replaceAt(place, slot);
        }
        add(tag, slot);
        return null;
    }

    /** Adds a slot whose key is not there. */
    void add(int tag, Object slot) {
        Segment segment = directory[indexOf(tag)];
        while (segment.isFull() && maySplit(segment)) {
            split(segment, tag);
            segment = directory[indexOf(tag)];
        }
        segment.add(tag, slot);
        size++;
    }

    @Nullable
    Object remove(int tag, Bytes key) {
        Segment segment = directory[indexOf(tag)];
        int place = segment.find(tag, key);
        if (place < 0) {
            return null;
        }
        Object old = segment.slotAt(place);
        segment.removeAt(place);
        size--;
        if (segment.count() < JOIN_BELOW) {
            join(segment, tag);
        }
        return old;
    }

    /** A walk over all slots from a tag on; not to be used after a change of this table. */
    Walk walkFrom(long tag) {
        return new Walk(tag);
    }

    /** Throws when a segment is broken or the directory does not lead to it; for tests. */
    void check() {
        long seen = 0;
        for (int i = 0; i < directory.length; ) {
            Segment segment = directory[i];
            segment.check();
            int span = 1 << (depth - segment.depth);
            for (int j = i; j < i + span; j++) {
                if (directory[j] != segment) {
                    throw new IllegalStateException("the directory is torn at " + j);
                }
            }
            for (Walk walk = new Walk((long) i << (32 - depth)); walk.advance() && indexOf(walk.tag()) < i + span; ) {
                if (tagOf(Slot.key(walk.slot())) != walk.tag()) {
                    throw new IllegalStateException("a slot with a tag that is not its key's");
                }
                seen++;
            }
            i += span;
        }
        if (seen != size) {
            throw new IllegalStateException("the size is " + size + ", not " + seen);
        }
    }

    int segments() {
        int segments = 0;
        for (int i = 0; i < directory.length; i += 1 << (depth - directory[i].depth)) {
            segments++;
        }
        return segments;
    }

    private int indexOf(int tag) {
        // Two shifts: one by 32 would be none.
        return tag >>> 1 >>> (31 - depth);
    }

    /**
     * Whether splitting helps. With a real hash it does; for tags that are nearly all the same the directory would double in
     * vain, so that it never has more references than there are keys.
     */
    private boolean maySplit(Segment segment) {
        return segment.depth < depth || (depth < DEPTH_MAX && directory.length < size);
    }

    private void split(Segment segment, int tag) {
        if (segment.depth == depth) {
            Segment[] doubled = new Segment[directory.length * 2];
            for (int i = 0; i < directory.length; i++) {
                doubled[2 * i] = directory[i];
                doubled[2 * i + 1] = directory[i];
            }
            directory = doubled;
            depth++;
            deepest = 0;
        }
        Segment[] halves = segment.split();
        int span = 1 << (depth - segment.depth);
        int start = indexOf(tag) & -span;
        Arrays.fill(directory, start, start + span / 2, halves[0]);
        Arrays.fill(directory, start + span / 2, start + span, halves[1]);
        if (span == 2) {
            deepest += 2;
        }
    }

    /** Joins a small segment with its twin if that is small too, and so on upwards. */
    private void join(Segment small, int tag) {
        Segment segment = small;
        while (segment.depth > 0 && segment.count() < JOIN_BELOW) {
            int span = 1 << (depth - segment.depth);
            int start = indexOf(tag) & -span;
            Segment twin = directory[start ^ span];
            if (twin.depth != segment.depth || twin.count() >= JOIN_BELOW) {
                return;
            }
            boolean isLower = (start & span) == 0;
            segment = isLower ? Segment.joined(segment, twin) : Segment.joined(twin, segment);
            int wholeStart = start & -(2 * span);
            Arrays.fill(directory, wholeStart, wholeStart + 2 * span, segment);
            if (span == 1) {
                deepest -= 2;
                if (deepest == 0) {
                    halveDirectory();
                }
            }
        }
    }

    private void halveDirectory() {
        Segment[] halved = new Segment[directory.length / 2];
        depth--;
        for (int i = 0; i < halved.length; i++) {
            halved[i] = directory[2 * i];
            deepest += halved[i].depth == depth ? 1 : 0;
        }
        directory = halved;
        // Several levels are never empty at once: a split makes one level at a time, a join ends one.
    }

    /** Goes through the slots in the order of their tags. */
    final class Walk {
        private Segment segment;
        private int place;
        private long segmentEnd;

        private Walk(long tag) {
            segment = directory[tag < TAG_END ? indexOf((int) tag) : directory.length - 1];
            segmentEnd = tag < TAG_END ? endOf(segment, tag) : TAG_END;
            place = (tag < TAG_END ? segment.placeFrom((int) tag) : segment.places()) - 1;
        }

        /** Goes to the next slot; false when there is none. */
        boolean advance() {
            while (true) {
                while (++place < segment.places()) {
                    if (segment.slotAt(place) != null) {
                        return true;
                    }
                }
                if (segmentEnd >= TAG_END) {
                    return false;
                }
                segment = directory[indexOf((int) segmentEnd)];
                segmentEnd = endOf(segment, segmentEnd);
                place = -1;
            }
        }

        int tag() {
            return segment.tagAt(place);
        }

        Object slot() {
            return java.util.Objects.requireNonNull(segment.slotAt(place));
        }

        private static long endOf(Segment segment, long tag) {
            int below = 32 - segment.depth;
            return ((tag >>> below) + 1) << below;
        }
    }
}
