// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.testing.differential;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.testing.CommandLine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Random commands, sent to an oracle and to what is tested; throws AssertionError at the first reply that differs, and at
 * the end for the first key that does.
 *
 * <p>The error tells the seed, the command, both replies, and what was done to the command's keys before.
 */
public final class Differential {
    /** How many commands a test sends, {@code -Ddifferential.commands=…}. */
    public static final String COMMANDS = "differential.commands";

    /** Where a test's chance begins, {@code -Ddifferential.seed=…}. */
    public static final String SEED = "differential.seed";

    private static final String SELECTED = "\n  SELECT";
    private static final int BATCH = 100;
    private static final int BATCHES_BETWEEN_ENDS = 10;
    private static final int ENDS = 4;
    private static final long REMOVAL_NANOS_MAX = 20_000_000_000L;
    private static final int NUMBERS = 16;
    private static final int HISTORY_SHOWN = 40;

    private final Subject oracle;
    private final Subject tested;
    private final List<CommandGenerator> generators;
    private final Map<String, Likeness> likenesses = new HashMap<>();
    private final long seed;
    private final Draw draw;
    private final List<List<Bytes>> history = new ArrayList<>();
    private final Map<String, Integer> counts = new TreeMap<>();
    private long failures;

    public Differential(Subject oracle, Subject tested, long seed, List<CommandGenerator> generators) {
        this.oracle = oracle;
        this.tested = tested;
        this.seed = seed;
        this.draw = new Draw(seed);
        this.generators = generators;
        generators.forEach(generator -> likenesses.putAll(generator.likenesses()));
    }

    /**
     * Compares a node with a redis-server that is started for it; both are emptied first. For tests over real sockets:
     * {@code Differential.withRedis(RespConnection.open("node", address, 3, "AUTH", token), 3, seed, 100_000)}.
     */
    public static Differential withRedis(Subject tested, int protocol, long seed, int commands) {
        try (RedisServer redis = RedisServer.start();
                RespConnection oracle = redis.connect(protocol)) {
            Differential run = new Differential(oracle, tested, seed, Families.ALL);
            run.both(List.of(List.of(Bytes.of("FLUSHALL"))));
            return run.run(commands);
        }
    }

    /** Sends so many random commands, then compares all keys there are. */
    public Differential run(int commands) {
        for (int done = 0; done < commands; done += BATCH) {
            List<List<Bytes>> batch = new ArrayList<>(BATCH);
            for (int i = 0; i < Math.min(BATCH, commands - done); i++) {
                batch.add(draw.oneOf(generators).next(draw));
            }
            compare(batch);
            if (done / BATCH % BATCHES_BETWEEN_ENDS == 0) {
                endSome();
            }
        }
        compareKeyspaces();
        return this;
    }

    /** Sends these commands, which have no chance in them. */
    public Differential run(List<List<Bytes>> commands) {
        compare(commands);
        return this;
    }

    /** How often each command was sent, by name: to see that a run was no empty one. */
    public Map<String, Integer> counts() {
        return counts;
    }

    /** How many of the replies were errors. */
    public long failures() {
        return failures;
    }

    private void compare(List<List<Bytes>> batch) {
        List<RespValue> expected = oracle.send(batch);
        List<RespValue> actual = tested.send(batch);
        for (int i = 0; i < batch.size(); i++) {
            List<Bytes> command = batch.get(i);
            history.add(command);
            String name = command.getFirst().toString().toUpperCase(Locale.ROOT);
            counts.merge(name, 1, Integer::sum);
            failures += expected.get(i) instanceof RespValue.Failure ? 1 : 0;
            Likeness likeness = likenesses.getOrDefault(name, Likeness.EXACT);
            if (!likeness.alike(expected.get(i), actual.get(i))) {
                throw differs(CommandLine.join(command), expected.get(i), actual.get(i), keysOf(command));
            }
        }
    }

    /** Lets some keys end, and waits until both have removed them: how many keys there are counts those that have not. */
    private void endSome() {
        List<List<Bytes>> ends = new ArrayList<>();
        List<List<Bytes>> looks = new ArrayList<>();
        for (int i = 0; i < ENDS; i++) {
            Bytes key = draw.key();
            ends.add(List.of(Bytes.of("PEXPIRE"), key, Bytes.of(Integer.toString(1 + draw.below(3)))));
            looks.add(List.of(Bytes.of("EXISTS"), key));
            history.add(ends.getLast());
        }
        both(ends);
        long over = System.currentTimeMillis() + 5;
        long deadline = System.nanoTime() + REMOVAL_NANOS_MAX;
        while (System.currentTimeMillis() <= over || !size(oracle).equals(size(tested))) {
            // Redis removes what it is asked for.
            oracle.send(looks);
            if (System.nanoTime() - deadline > 0) {
                throw differs("DBSIZE", size(oracle), size(tested), keysOf(looks.getFirst()));
            }
        }
        List<RespValue> expected = oracle.send(looks);
        List<RespValue> actual = tested.send(looks);
        for (int i = 0; i < ENDS; i++) {
            if (!expected.get(i).equals(actual.get(i))) {
                throw differs(CommandLine.join(looks.get(i)), expected.get(i), actual.get(i), keysOf(looks.get(i)));
            }
        }
    }

    private static RespValue size(Subject subject) {
        return subject.send(Bytes.of("DBSIZE"));
    }

    private void compareKeyspaces() {
        for (int number = 0; number < NUMBERS; number++) {
            Bytes index = Bytes.of(Integer.toString(number));
            both(List.of(List.of(Bytes.of("SELECT"), index)));
            RespValue expected = oracle.send(Bytes.of("KEYS"), Bytes.of("*"));
            RespValue actual = tested.send(Bytes.of("KEYS"), Bytes.of("*"));
            if (!Likeness.ANY_ORDER.alike(expected, actual)) {
                throw differs("KEYS * in " + number, expected, actual, onlyInOne(expected, actual));
            }
            for (RespValue key : expected.items()) {
                compareKey(number, key.content());
            }
        }
    }

    private void compareKey(int number, Bytes key) {
        String type = oracle.send(Bytes.of("TYPE"), key).content().toString();
        compareKey(number, key, Likeness.EXACT, Bytes.of("TYPE"), key);
        compareKey(number, key, KeyLines.END_MILLIS, Bytes.of("PEXPIRETIME"), key);
        switch (type) {
            case "string" -> compareKey(number, key, Likeness.EXACT, Bytes.of("GET"), key);
            case "hash" -> compareKey(number, key, Likeness.ANY_ORDER_PAIRS, Bytes.of("HGETALL"), key);
            case "list" ->
                compareKey(number, key, Likeness.EXACT, Bytes.of("LRANGE"), key, Bytes.of("0"), Bytes.of("-1"));
            default -> throw new IllegalStateException("nobody compares values of type " + type);
        }
    }

    private void compareKey(int number, Bytes key, Likeness likeness, Bytes... command) {
        RespValue expected = oracle.send(command);
        RespValue actual = tested.send(command);
        if (!likeness.alike(expected, actual)) {
            throw differs(CommandLine.join(List.of(command)) + " in " + number, expected, actual, Set.of(key));
        }
    }

    private void both(List<List<Bytes>> commands) {
        oracle.send(commands);
        tested.send(commands);
    }

    private static Set<Bytes> onlyInOne(RespValue expected, RespValue actual) {
        Set<Bytes> keys = new HashSet<>();
        expected.items().forEach(key -> keys.add(key.content()));
        actual.items().forEach(key -> {
            if (!keys.remove(key.content())) {
                keys.add(key.content());
            }
        });
        return keys;
    }

    private AssertionError differs(String command, RespValue expected, RespValue actual, Set<Bytes> keys) {
        StringBuilder text = new StringBuilder("after ")
                .append(history.size())
                .append(" commands, with -D" + SEED + "=")
                .append(seed)
                .append("\n  ")
                .append(command)
                .append("\n  ")
                .append(oracle.name())
                .append(": ")
                .append(expected)
                .append("\n  ")
                .append(tested.name())
                .append(": ")
                .append(actual)
                .append("\nwhat was done to its keys, or to all of them:");
        List<String> lines = new ArrayList<>();
        for (List<Bytes> earlier : history) {
            Set<Bytes> touched = keysOf(earlier);
            String name = earlier.getFirst().toString().toUpperCase(Locale.ROOT);
            if (touched.stream().anyMatch(keys::contains)
                    || List.of("FLUSHDB", "FLUSHALL", "SWAPDB", "SELECT").contains(name)) {
                if (name.equals("SELECT") && !lines.isEmpty() && lines.getLast().startsWith(SELECTED)) {
                    lines.removeLast();
                }
                lines.add("\n  " + CommandLine.join(earlier));
            }
        }
        lines.subList(Math.max(0, lines.size() - HISTORY_SHOWN), lines.size()).forEach(text::append);
        return new AssertionError(text.toString());
    }

    private static Set<Bytes> keysOf(List<Bytes> command) {
        Set<Bytes> keys = new HashSet<>();
        Args args = Args.of(command);
        try {
            CommandTable.REDIS.require(args).spec().forEachKey(args, at -> keys.add(args.bytesAt(at)));
        } catch (io.meridian.engine.CommandException refused) {
            // A command that is none, or has too few words, touches no key.
            return Set.of();
        }
        return keys;
    }
}
