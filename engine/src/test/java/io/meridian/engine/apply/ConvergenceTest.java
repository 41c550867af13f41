// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.Reply;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.entry.Bundle;
import io.meridian.engine.entry.EntryWriter;
import io.meridian.engine.entry.Transaction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two replicas of one log: one that applied every entry, and one that time and again starts from a snapshot of itself. Every
 * reply and every digest must be the same, reads inside of transactions and random picks included.
 */
class ConvergenceTest {
    private static final String[] WRITES = {
        "SET @ #",
        "SET @ # EX 2",
        "SET @ # GET",
        "APPEND @ #",
        "INCR @",
        "INCRBYFLOAT @ 1.5",
        "SETRANGE @ 5 #",
        "GETDEL @",
        "MSET @ # @ #",
        "GETEX @ PX 300",
        "HSET @ f# # g# #",
        "HDEL @ f1 f2 f3 f4",
        "HINCRBY @ f1 3",
        "LPUSH @ # # #",
        "RPUSH @ # # #",
        "LPOP @ 2",
        "RPOP @",
        "LTRIM @ 1 3",
        "LMOVE @ @ LEFT RIGHT",
        "LINSERT @ BEFORE 1 #",
        "LSET @ 0 #",
        "DEL @ @",
        "RENAME @ @",
        "COPY @ @ REPLACE",
        "PEXPIRE @ 400",
        "PERSIST @",
        "MOVE @ 1",
        "SWAPDB 0 1",
        "FLUSHDB",
    };
    private static final String[] READS = {
        "RANDOMKEY",
        "HRANDFIELD @ 3",
        "HRANDFIELD @ -5 WITHVALUES",
        "KEYS *",
        "SCAN 0 COUNT 5",
        "HGETALL @",
        "LRANGE @ 0 -1",
        "DBSIZE",
        "PTTL @",
        "OBJECT ENCODING @",
        "HSCAN @ 0",
        "TYPE @",
        "MEMORY USAGE @",
    };

    private final EntryWriter writer = new EntryWriter();
    private long sequence;
    private long millis = 1_000_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void aReplicaFromASnapshotDoesWhatOneWithoutDoes(long seed) throws IOException {
        Random random = new Random(seed);
        GroupState whole = new GroupState(CommandTable.REDIS);
        GroupState restarted = new GroupState(CommandTable.REDIS);
        writer.begin(millis, 1);
        writer.addGenesis(seed, 1);
        Bytes genesis = writer.finish();
        Entries.apply(whole, genesis);
        Entries.apply(restarted, genesis);

        List<Bundle> earlier = new ArrayList<>();
        int executed = 0;
        for (int i = 0; i < 1500; i++) {
            Bytes entry = entry(random, earlier);
            List<Reply> replies = Entries.apply(whole, entry);
            assertThat(Entries.apply(restarted, entry))
                    .as("entry %d of seed %d", i, seed)
                    .isEqualTo(replies);
            executed += replies.size();
            if (random.nextInt(20) == 0) {
                restarted = SnapshotTest.load(SnapshotTest.save(restarted));
                assertThat(restarted.digest())
                        .as("after entry %d of seed %d", i, seed)
                        .isEqualTo(whole.digest());
            }
        }
        assertThat(restarted.digest()).isEqualTo(whole.digest());
        assertThat(executed).isGreaterThan(5_000);
        assertThat(whole.size()).isPositive();
    }

    private Bytes entry(Random random, List<Bundle> earlier) {
        millis += random.nextInt(200);
        writer.begin(millis, random.nextLong());
        for (int bundles = random.nextInt(1, 4); bundles > 0; bundles--) {
            if (!earlier.isEmpty() && random.nextInt(10) == 0) {
                // Comes again, as after a change of leader.
                writer.add(earlier.get(random.nextInt(earlier.size())));
                continue;
            }
            Bundle bundle = new Bundle(1 + random.nextInt(3), ++sequence);
            bundle.ackedBelow(Math.max(0, sequence - 20));
            for (int items = random.nextInt(1, 6); items > 0; items--) {
                if (random.nextInt(3) == 0) {
                    bundle.transaction(0, transaction(random));
                } else {
                    bundle.write(0, random.nextInt(2), args(WRITES, random));
                }
            }
            earlier.add(bundle);
            writer.add(bundle);
        }
        if (random.nextInt(3) == 0) {
            writer.addExpire(random.nextInt(5));
        }
        return writer.finish();
    }

    private static Transaction transaction(Random random) {
        List<Transaction.Queued> commands = new ArrayList<>();
        for (int i = random.nextInt(1, 6); i > 0; i--) {
            commands.add(
                    new Transaction.Queued(random.nextInt(2), args(random.nextBoolean() ? WRITES : READS, random)));
        }
        return new Transaction(List.of(), commands);
    }

    /** A command line of one of these: @ stands for some key, # for some text. */
    private static Args args(String[] patterns, Random random) {
        String pattern = patterns[random.nextInt(patterns.length)];
        if (pattern.startsWith("FLUSHDB") && random.nextInt(20) > 0) {
            pattern = "SET @ #";
        }
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '@') {
                line.append((char) ('a' + random.nextInt(4))).append(random.nextInt(6));
            } else if (c == '#') {
                line.append(random.nextInt(4) == 0 ? "x".repeat(random.nextInt(1, 2000)) : random.nextInt(9));
            } else {
                line.append(c);
            }
        }
        return Args.of(line.toString().split(" "));
    }
}
