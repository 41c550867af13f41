// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.apply;

import io.meridian.engine.ByteWriter;
import io.meridian.engine.keyspace.KeysSnapshot;
import java.util.zip.CRC32C;

/**
 * Writes a group's state as it was when this was begun, piece by piece, while entries go on being applied.
 *
 * <p>In turn: {@link #take} under the group's shared lock, {@link #write} without it, until take says that there is no more;
 * then write once more, for the end; then {@link #close}, under the lock again. One thread at a time.
 *
 * <pre>
 * snapshot = "MERIDSNP" version:u8 block(1, header) block(2, keys)* block(3, end)
 * block    = kind:u8 length:i32 crc:i32 content        crc = CRC32C of kind, length and content
 * header   = index:varint epochMillis:i64 begun:u8 seed:i64 incarnation:i64 version:varint removals keys:varint replies
 * end      = keys:varint blocks:varint total:i32       total = CRC32C of all that stands before this block
 * </pre>
 */
public final class SnapshotCursor {
    static final long MAGIC = 0x4d45524944534e50L;
    static final int VERSION = 2;
    static final int HEADER = 1;
    static final int KEYS = 2;
    static final int END = 3;

    /** Kind, length and checksum of a block. */
    static final int BLOCK_HEAD = 9;

    /** How many bytes of keys to take at a time: a block of about this size. */
    public static final int BLOCK_BYTES = 128 * 1024;

    private final GroupState state;
    private final long index;
    private final KeysSnapshot keys;
    private final ByteWriter header;
    private final RecentReplies replies;
    private final CRC32C total = new CRC32C();
    private boolean isHeaderWritten;
    private boolean isAtEnd;
    private boolean isWritten;
    private long writtenKeys;
    private long blocks;

    SnapshotCursor(GroupState state, KeysSnapshot keys, ByteWriter header, RecentReplies replies) {
        this.state = state;
        this.index = state.appliedIndex();
        this.keys = keys;
        this.header = header;
        this.replies = replies;
    }

    /** The applied index whose state this is. */
    public long index() {
        return index;
    }

    /** How many keys the snapshot has. */
    public long keyCount() {
        return keys.keyCount();
    }

    /**
     * Takes the next keys, about so many bytes of them, for {@link #write}; false when there are none left. Needs the group's
     * shared lock, for some microseconds.
     */
    public boolean take(int byteBudget) {
        isAtEnd = !keys.take(byteBudget);
        return !isAtEnd;
    }

    /** Appends what was taken, and around it the header or the end, as the next bytes of the file; needs no lock. */
    public void write(ByteWriter out) {
        if (isWritten) {
            throw new IllegalStateException("the snapshot is at its end");
        }
        int start = out.length();
        if (!isHeaderWritten) {
            isHeaderWritten = true;
            out.i64(MAGIC);
            out.u8(VERSION);
            int block = beginBlock(out, HEADER);
            out.raw(header.array(), 0, header.length());
            replies.writeTo(out);
            endBlock(out, block);
        }
        if (!isAtEnd) {
            writtenKeys += keys.takenCount();
            int block = beginBlock(out, KEYS);
            keys.writeTaken(out);
            endBlock(out, block);
        }
        total.update(out.array(), start, out.length() - start);
        if (isAtEnd) {
            isWritten = true;
            if (writtenKeys != keys.keyCount()) {
                throw new IllegalStateException(
                        "a snapshot of " + writtenKeys + " keys where there were " + keys.keyCount());
            }
            int block = beginBlock(out, END);
            out.varint(writtenKeys);
            out.varint(blocks - 1);
            out.i32((int) total.getValue());
            endBlock(out, block);
        }
    }

    /** Ends the snapshot, whole or not; needs the group's shared lock. */
    public void close() {
        keys.close();
        state.closed(this);
    }

    private int beginBlock(ByteWriter out, int kind) {
        int block = out.length();
        blocks++;
        out.u8(kind);
        out.i32(0);
        out.i32(0);
        return block;
    }

    private static void endBlock(ByteWriter out, int block) {
        int length = out.length() - block - BLOCK_HEAD;
        out.i32At(block + 1, length);
        out.i32At(block + 5, blockChecksum(out.array(), block, length));
    }

    /** The checksum of a block that stands in an array, its head included. */
    static int blockChecksum(byte[] array, int block, int length) {
        CRC32C crc = new CRC32C();
        crc.update(array, block, 5);
        crc.update(array, block + BLOCK_HEAD, length);
        return (int) crc.getValue();
    }
}
