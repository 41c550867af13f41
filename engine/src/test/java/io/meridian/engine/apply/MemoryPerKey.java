// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.apply;

import io.meridian.engine.ByteWriter;
import io.meridian.engine.Bytes;
import io.meridian.engine.Moment;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.keyspace.Keyspace;
import io.meridian.engine.value.StringValue;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Prints how many bytes of heap a key takes, and how long a snapshot and its loading: a program, not a test.
 *
 * <p>Run it with the flags of the server, above all {@code -XX:+UseCompactObjectHeaders}: {@code java
 * -XX:+UseCompactObjectHeaders -cp engine/target/classes:engine/target/test-classes io.meridian.engine.apply.MemoryPerKey
 * [keys]}.
 */
public final class MemoryPerKey {
    private static final int KEY_BYTES = 16;
    private static final int ROUNDS = 5;

    private MemoryPerKey() {}

    public static void main(String[] words) throws IOException {
        int keys = words.length > 0 ? Integer.parseInt(words[0]) : 1_000_000;
        System.out.println(keys + " keys of 16 bytes with values of 16 bytes");
        // Loads classes and compiles before anything is measured.
        measure(keys, Keyspace.NEVER, false);
        measure(keys, Keyspace.NEVER, true);
        measure(keys, 1_000_000, true);
        for (int more = 1; more <= 4; more++) {
            measure(keys + keys * more / 5, Keyspace.NEVER, true);
        }
        GroupState state = filled(keys, Keyspace.NEVER);
        for (int round = 0; round < ROUNDS; round++) {
            snapshot(state);
        }
    }

    private static void measure(int keys, long expiry, boolean isShown) {
        long before = usedBytes();
        long start = System.nanoTime();
        GroupState state = filled(keys, expiry);
        long millis = (System.nanoTime() - start) / 1_000_000;
        long after = usedBytes();
        if (isShown) {
            System.out.printf(
                    "%,d keys%s: %.1f bytes a key, put in %,d ms%n",
                    state.size(),
                    expiry == Keyspace.NEVER ? "" : " that end",
                    (after - before) / (double) keys,
                    millis);
        }
    }

    private static void snapshot(GroupState state) throws IOException {
        long start = System.nanoTime();
        SnapshotCursor cursor = state.beginSnapshot();
        List<byte[]> blocks = new ArrayList<>();
        ByteWriter out = new ByteWriter(SnapshotCursor.BLOCK_BYTES * 2);
        long longestTake = 0;
        boolean more;
        do {
            long takeStart = System.nanoTime();
            more = cursor.take(SnapshotCursor.BLOCK_BYTES);
            longestTake = Math.max(longestTake, System.nanoTime() - takeStart);
            out.clear();
            cursor.write(out);
            blocks.add(out.toArray());
        } while (more);
        cursor.close();
        long saved = System.nanoTime();
        ByteWriter file = new ByteWriter(blocks.size() * SnapshotCursor.BLOCK_BYTES);
        blocks.forEach(block -> file.raw(block, 0, block.length));
        byte[] bytes = file.toArray();
        long loadStart = System.nanoTime();
        GroupState loaded = SnapshotReader.read(new ByteArrayInputStream(bytes), CommandTable.REDIS);
        long loadEnd = System.nanoTime();
        boolean isSame = loaded.digest().equals(state.digest());
        System.out.printf(
                "snapshot of %,d bytes in %,d ms (longest under the lock %,d us), loaded in %,d ms, digests %s in %,d"
                        + " ms%n",
                bytes.length,
                (saved - start) / 1_000_000,
                longestTake / 1_000,
                (loadEnd - loadStart) / 1_000_000,
                isSame ? "equal" : "DIFFERENT",
                (System.nanoTime() - loadEnd) / 2_000_000);
    }

    private static GroupState filled(int keys, long expiry) {
        GroupState state = GroupState.begun(CommandTable.REDIS, 42, 1);
        Moment at = new Moment(1, 1, 1);
        for (int i = 0; i < keys; i++) {
            state.keyspace(0, 0, at)
                    .put(
                            word("key:", i),
                            new StringValue(word("val:", i)),
                            expiry == Keyspace.NEVER ? expiry : expiry + Moment.mix(i) % 100_000);
        }
        return state;
    }

    private static Bytes word(String prefix, int i) {
        String digits = Integer.toString(i);
        return Bytes.of((prefix + "0".repeat(KEY_BYTES - prefix.length() - digits.length()) + digits)
                .getBytes(StandardCharsets.ISO_8859_1));
    }

    private static long usedBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
