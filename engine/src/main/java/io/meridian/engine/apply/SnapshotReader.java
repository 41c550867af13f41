// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.apply;

import io.meridian.engine.ByteReader;
import io.meridian.engine.Bytes;
import io.meridian.engine.CorruptBytesException;
import io.meridian.engine.command.CommandTable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Loads what a {@link SnapshotCursor} wrote. */
public final class SnapshotReader {
    // A length that the checksum has not confirmed yet allocates no more than this ahead of what is really there.
    private static final int READ_AHEAD_MAX = 1 << 20;

    private final InputStream in;
    private final CRC32C total = new CRC32C();
    private byte[] buffer = new byte[4096];
    private int blockLength;
    private long blocks;

    private SnapshotReader(InputStream in) {
        this.in = in;
    }

    /** What becomes of a snapshot's content, block by block. */
    private interface Content {
        void header(ByteReader block);

        void keys(ByteReader block);
    }

    /** Makes a state of it. */
    private static final class Loading implements Content {
        private final GroupState state;
        private long keyCount;

        Loading(CommandTable commands) {
            state = new GroupState(commands);
        }

        @Override
        public void header(ByteReader block) {
            keyCount = state.loadHeader(block);
        }

        @Override
        public void keys(ByteReader block) {
            state.keys().load(block);
            requireEmpty(block);
        }
    }

    /** Makes nothing of it: its checksums were right. */
    private static final class Checking implements Content {
        @Override
        public void header(ByteReader block) {}

        @Override
        public void keys(ByteReader block) {}
    }

    /**
     * A group's state from a snapshot, which must end where the stream does; read in pieces of about a block, so that the
     * stream needs no buffer of its own. Throws CorruptSnapshotException for a file that is not wholly as it was written.
     */
    public static GroupState read(InputStream in, CommandTable commands) throws IOException {
        Loading loading = new Loading(commands);
        long keys = readAll(in, loading);
        if (keys != loading.keyCount || keys != loading.state.size()) {
            throw new CorruptSnapshotException("a snapshot of " + keys + " keys that has " + loading.state.size());
        }
        return loading.state;
    }

    /** Throws CorruptSnapshotException for a file that is not wholly as it was written, and keeps nothing of it in memory. */
    public static void check(InputStream in) throws IOException {
        var _ = readAll(in, new Checking());
    }

    /** Gives the number of keys that its end tells. */
    private static long readAll(InputStream in, Content content) throws IOException {
        try {
            return new SnapshotReader(in).readBlocks(content);
        } catch (CorruptSnapshotException corrupt) {
            throw corrupt;
        } catch (CorruptBytesException corrupt) {
            throw new CorruptSnapshotException("a snapshot block with " + corrupt.getMessage());
        }
    }

    private long readBlocks(Content content) throws IOException {
        readMagic();
        if (readBlock() != SnapshotCursor.HEADER) {
            throw new CorruptSnapshotException("a snapshot without header");
        }
        content.header(block());
        while (true) {
            int totalBefore = (int) total.getValue();
            int kind = readBlock();
            if (kind == SnapshotCursor.END) {
                return readEnd(block(), totalBefore);
            }
            if (kind != SnapshotCursor.KEYS) {
                throw new CorruptSnapshotException("a snapshot with a block of kind " + kind);
            }
            content.keys(block());
        }
    }

    private void readMagic() throws IOException {
        fill(0, 9);
        ByteReader head = new ByteReader(Bytes.of(buffer, 0, 9));
        if (head.i64() != SnapshotCursor.MAGIC) {
            throw new CorruptSnapshotException("not a snapshot");
        }
        int version = head.u8();
        if (version != SnapshotCursor.VERSION) {
            throw new CorruptSnapshotException("a snapshot in format " + version
                    + ", written by another version of Meridian; this one reads format " + SnapshotCursor.VERSION);
        }
        total.update(buffer, 0, 9);
    }

    /** Reads the next block into the buffer, checked; returns its kind. */
    private int readBlock() throws IOException {
        fill(0, SnapshotCursor.BLOCK_HEAD);
        ByteReader head = new ByteReader(Bytes.of(buffer, 0, SnapshotCursor.BLOCK_HEAD));
        int kind = head.u8();
        blockLength = head.i32();
        int crc = head.i32();
        if (blockLength < 0 || blockLength > Integer.MAX_VALUE - 64) {
            throw new CorruptSnapshotException("a snapshot with a block of " + blockLength + " bytes");
        }
        fill(SnapshotCursor.BLOCK_HEAD, blockLength);
        if (crc != SnapshotCursor.blockChecksum(buffer, 0, blockLength)) {
            throw new CorruptSnapshotException("a snapshot with a block whose checksum is wrong");
        }
        total.update(buffer, 0, SnapshotCursor.BLOCK_HEAD + blockLength);
        blocks++;
        return kind;
    }

    private ByteReader block() {
        return new ByteReader(Bytes.of(buffer, SnapshotCursor.BLOCK_HEAD, blockLength));
    }

    /** Reads so many bytes to a place in the buffer, which grows as they come. */
    private void fill(int at, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int step = Math.min(length - done, READ_AHEAD_MAX);
            int needed = at + done + step;
            if (buffer.length < needed) {
                long doubled = Math.min(buffer.length * 2L, (long) at + length);
                buffer = Arrays.copyOf(buffer, (int) Math.max(needed, doubled));
            }
            if (in.readNBytes(buffer, at + done, step) < step) {
                throw new CorruptSnapshotException("a snapshot that is cut off");
            }
            done += step;
        }
    }

    private long readEnd(ByteReader end, int expectedTotal) throws IOException {
        long keys = end.varint();
        long expectedBlocks = end.varint();
        if (end.i32() != expectedTotal || expectedBlocks != blocks - 1) {
            throw new CorruptSnapshotException("a snapshot whose blocks are not all there, in order");
        }
        requireEmpty(end);
        if (in.read() >= 0) {
            throw new CorruptSnapshotException("a snapshot with something behind its end");
        }
        return keys;
    }

    private static void requireEmpty(ByteReader content) {
        if (content.remaining() > 0) {
            throw new CorruptSnapshotException("a snapshot block with " + content.remaining() + " bytes too many");
        }
    }
}
