// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.jmh;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.Reply;
import io.meridian.engine.apply.EntryCursor;
import io.meridian.engine.apply.GroupState;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.entry.Bundle;
import io.meridian.engine.entry.EntryWriter;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * An entry of 16 bundles with 16 SETs each, as a leader under pipelined load writes it: encoding it, and applying its bytes.
 * Times are for one command.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"-Xms1g", "-Xmx1g"})
public class EntryBenchmark {
    private static final int BUNDLES = 16;
    private static final int COMMANDS = 16;
    private static final int ENTRY_COMMANDS = BUNDLES * COMMANDS;
    private static final int ENTRIES = 64;

    private final EntryWriter writer = new EntryWriter();
    private final Lines set = Lines.of(key -> Args.of("SET", key, Lines.VALUE));
    private final Bytes[] entries = new Bytes[ENTRIES];
    private GroupState state = GroupState.begun(CommandTable.REDIS, 1, 1);
    private long sequence;
    private int next;

    @Setup(Level.Trial)
    public void fill() {
        for (int i = 0; i < ENTRIES; i++) {
            entries[i] = encode();
        }
        state = GroupState.begun(CommandTable.REDIS, 1, 1);
    }

    /** Bundles of the commands, and the entry of the bundles. */
    @Benchmark
    @OperationsPerInvocation(ENTRY_COMMANDS)
    public Bytes encode() {
        writer.begin(1, 1);
        for (int i = 0; i < BUNDLES; i++) {
            Bundle bundle = new Bundle(i + 1, ++sequence);
            bundle.ackedBelow(sequence);
            for (int j = 0; j < COMMANDS; j++) {
                bundle.write(0, 0, set.next());
            }
            writer.add(bundle);
        }
        return writer.finish();
    }

    /** Checks the entry's checksum, decodes it, and applies it; every 64 entries to an empty keyspace. */
    @Benchmark
    @OperationsPerInvocation(ENTRY_COMMANDS)
    public void apply(Blackhole hole) {
        if (next == ENTRIES) {
            // Else they would be taken for repeated ones, and answered from memory.
            next = 0;
            state = GroupState.begun(CommandTable.REDIS, 1, 1);
        }
        EntryCursor cursor = state.open(state.appliedIndex() + 1, entries[next++]);
        while (cursor.hasNext()) {
            Reply[] replies = cursor.applyNext(null);
            hole.consume(replies);
        }
    }
}
