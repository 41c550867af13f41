// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.jmh;

import io.meridian.engine.Args;
import io.meridian.engine.Moment;
import io.meridian.engine.Reply;
import io.meridian.engine.apply.GroupState;
import io.meridian.engine.command.Command;
import io.meridian.engine.command.CommandTable;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One command on a warm keyspace of 100,000 keys: found in the table, parsed, and run; without entry and reply bytes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"-Xms1g", "-Xmx1g"})
public class EngineBenchmark {
    private static final CommandTable TABLE = CommandTable.REDIS;

    private final Lines get = Lines.of(key -> Args.of("GET", key));
    private final Lines set = Lines.of(key -> Args.of("SET", key, Lines.VALUE));
    private final Lines hset = Lines.of(key -> Args.of("HSET", "h" + key, "field-3", Lines.VALUE));
    private final Lines lpush = Lines.of(key -> Args.of("LPUSH", "l" + key, "element"));

    private GroupState state = GroupState.begun(TABLE, 1, 1);
    private long index;

    /** Fills the keyspace; anew for each iteration, as LPUSH lets lists grow. */
    @Setup(Level.Iteration)
    public void fill() {
        state = GroupState.begun(TABLE, 1, 1);
        for (int i = 0; i < Lines.KEYS; i++) {
            write(Args.of("SET", Lines.key(i), Lines.VALUE));
        }
        for (int i = 0; i < Lines.COUNT; i++) {
            String key = hset.at(i).textAt(1);
            for (int field = 0; field < 8; field++) {
                write(Args.of("HSET", key, "field-" + field, Lines.VALUE));
            }
            write(lpush.at(i));
        }
    }

    @Benchmark
    public Reply get() {
        Args args = get.next();
        return switch (TABLE.require(args)) {
            case Command.Read read -> read.parser().parse(args).on(state.view(0, 0, 1, 1));
            case Command.Write _, Command.Local _ -> throw new IllegalStateException("not a read: " + args);
        };
    }

    @Benchmark
    public Reply set() {
        return write(set.next());
    }

    @Benchmark
    public Reply hset() {
        return write(hset.next());
    }

    @Benchmark
    public Reply lpush() {
        return write(lpush.next());
    }

    private Reply write(Args args) {
        Moment at = new Moment(++index, 1, index);
        return switch (TABLE.require(args)) {
            case Command.Write write -> write.parser().parse(args).on(state.keyspace(0, 0, at), at);
            case Command.Read _, Command.Local _ -> throw new IllegalStateException("not a write: " + args);
        };
    }
}
