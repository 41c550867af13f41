// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.apply;

import io.meridian.engine.ByteReader;
import io.meridian.engine.ByteWriter;
import io.meridian.engine.CorruptBytesException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was answered lately to the bundles of each origin, so that one that comes twice is applied once (Raft dissertation
 * §6.3). Part of the replicated state: what it keeps and drops follows from the log alone.
 *
 * <p>Bounded by number and bytes, never by time: a leader whose clock is ahead must not make it forget what is still sent again.
 */
final class RecentReplies {
    /** Bundles of an origin whose replies are kept; an origin has far fewer in flight. */
    static final int SEQUENCES_MAX = 4096;

    /** Bytes of replies kept of an origin. */
    static final int ORIGIN_BYTES_MAX = 4 << 20;

    /** Replies of a bundle that take more bytes are not kept, only that there were some. */
    static final int BUNDLE_BYTES_MAX = 64 << 10;

    /** Bytes of replies kept of all origins. */
    static final int BYTES_MAX = 64 << 20;

    /** Far more than the event loops of all nodes: beyond, the one not heard of for longest is forgotten. */
    static final int ORIGINS_MAX = 4096;

    /** Stands for replies that are not kept. */
    static final byte[] DROPPED = new byte[0];

    // From the origin not heard of for longest to the latest.
    private final LinkedHashMap<Long, Origin> origins = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /** One origin's bundles: those from the floor on that were applied, by sequence. */
    private static final class Origin {
        // Live between head and tail; sequences nearly always come in order and go in order.
        long[] sequences = new long[16];
        byte[][] replies = new byte[16][];
        int head;
        int tail;
        long floor;
        long bytes;

        int find(long sequence) {
            return java.util.Arrays.binarySearch(sequences, head, tail, sequence);
        }

        void raiseFloor(long to) {
            while (head < tail && sequences[head] < to) {
                bytes -= replies[head].length;
                replies[head++] = DROPPED;
            }
            floor = Math.max(floor, to);
            if (head == tail) {
                head = 0;
                tail = 0;
            }
        }

        void insert(int place, long sequence, byte[] kept) {
            int at = place;
            if (tail == sequences.length) {
                at -= head;
                int count = tail - head;
                boolean isCrowded = count > sequences.length / 2;
                long[] newSequences = isCrowded ? new long[sequences.length * 2] : sequences;
                byte[][] newReplies = isCrowded ? new byte[sequences.length * 2][] : replies;
                System.arraycopy(sequences, head, newSequences, 0, count);
                System.arraycopy(replies, head, newReplies, 0, count);
                sequences = newSequences;
                replies = newReplies;
                head = 0;
                tail = count;
            }
            System.arraycopy(sequences, at, sequences, at + 1, tail - at);
            System.arraycopy(replies, at, replies, at + 1, tail - at);
            sequences[at] = sequence;
            replies[at] = kept;
            tail++;
            bytes += kept.length;
        }

        /** Drops the oldest replies until the rest is small enough; that there were some stays known. */
        void shrinkTo(long bytesMax) {
            for (int i = head; i < tail && bytes > bytesMax; i++) {
                bytes -= replies[i].length;
                replies[i] = DROPPED;
            }
        }
    }

    /**
     * The replies that were kept of a bundle, {@link #DROPPED} when it was applied or given up but has none, null when it
     * is new.
     */
    byte @Nullable [] find(long origin, long sequence) {
        Origin known = origins.get(origin);
        if (known == null) {
            return null;
        }
        if (sequence < known.floor) {
            return DROPPED;
        }
        int place = known.find(sequence);
        return place < 0 ? null : known.replies[place];
    }

    /** Notes that an origin was heard of, and what it does not wait for any more. */
    void heard(long origin, long ackedBelow) {
        Origin known = origins.get(origin);
        if (known == null) {
            known = new Origin();
            origins.put(origin, known);
            if (origins.size() > ORIGINS_MAX) {
                Iterator<Origin> oldestFirst = origins.values().iterator();
                bytes -= oldestFirst.next().bytes;
                oldestFirst.remove();
            }
        }
        bytes -= known.bytes;
        known.raiseFloor(ackedBelow);
        bytes += known.bytes;
    }

    /** Keeps the encoded replies of a bundle that {@link #find} did not know, its origin just heard of. */
    void keep(long origin, long sequence, byte[] replies) {
        Origin known = java.util.Objects.requireNonNull(origins.get(origin));
        bytes -= known.bytes;
        if (known.tail - known.head == SEQUENCES_MAX) {
            known.raiseFloor(known.sequences[known.head] + 1);
        }
        int place = known.find(sequence);
        if (place < 0 && sequence >= known.floor) {
            known.insert(-place - 1, sequence, replies.length > BUNDLE_BYTES_MAX ? DROPPED : replies);
        }
        known.shrinkTo(ORIGIN_BYTES_MAX);
        bytes += known.bytes;
        for (Iterator<Origin> oldestFirst = origins.values().iterator(); bytes > BYTES_MAX; ) {
            Origin oldest = oldestFirst.next();
            bytes -= oldest.bytes;
            oldest.shrinkTo(0);
        }
    }

    long bytes() {
        return bytes;
    }

    int origins() {
        return origins.size();
    }

    /** A copy that later changes do not touch; shares the replies, which never change. */
    RecentReplies frozen() {
        RecentReplies copy = new RecentReplies();
        for (Map.Entry<Long, Origin> entry : origins.entrySet()) {
            Origin from = entry.getValue();
            Origin to = new Origin();
            to.sequences = java.util.Arrays.copyOfRange(from.sequences, from.head, Math.max(from.tail, from.head + 1));
            to.replies = java.util.Arrays.copyOfRange(from.replies, from.head, Math.max(from.tail, from.head + 1));
            to.tail = from.tail - from.head;
            to.floor = from.floor;
            to.bytes = from.bytes;
            copy.origins.put(entry.getKey(), to);
        }
        copy.bytes = bytes;
        return copy;
    }

    /**
     * Appends all of it.
     *
     * <pre>
     * origins:varint (origin:i64 floor:varint count:varint (sequence:varint replies:bytes)*)*
     * </pre>
     */
    void writeTo(ByteWriter out) {
        out.varint(origins.size());
        for (Map.Entry<Long, Origin> entry : origins.entrySet()) {
            Origin origin = entry.getValue();
            out.i64(entry.getKey());
            out.varint(origin.floor);
            out.varint(origin.tail - origin.head);
            for (int i = origin.head; i < origin.tail; i++) {
                out.varint(origin.sequences[i]);
                out.bytes(origin.replies[i], 0, origin.replies[i].length);
            }
        }
    }

    static RecentReplies readFrom(ByteReader in) {
        RecentReplies read = new RecentReplies();
        for (int left = in.count(); left > 0; left--) {
            Origin origin = new Origin();
            long name = in.i64();
            origin.floor = in.varint();
            long last = Long.MIN_VALUE;
            for (int bundles = in.count(); bundles > 0; bundles--) {
                long sequence = in.varint();
                if (sequence <= last) {
                    throw new CorruptBytesException("sequences out of order");
                }
                last = sequence;
                int length = in.count();
                int start = in.take(length);
                byte[] replies =
                        length == 0 ? DROPPED : java.util.Arrays.copyOfRange(in.array(), start, start + length);
                origin.insert(origin.tail, sequence, replies);
            }
            read.origins.put(name, origin);
            read.bytes += origin.bytes;
        }
        return read;
    }

    /** The origins there are, the one not heard of for longest first; for tests. */
    List<Long> names() {
        return new ArrayList<>(origins.keySet());
    }
}
