// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.conf.ConfigurationManager;
import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.entity.codec.v2.LogEntryV2CodecFactory;
import com.alipay.sofa.jraft.option.LogStorageOptions;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.util.Describer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A log with its tail in memory reads as a plain list would, whatever was cut off and replaced before. */
final class TailLogStorageTest {
    private static final int STEPS = 800;
    private static final Pattern SYNCED = Pattern.compile("rocksdb\\.wal\\.synced COUNT : (\\d+)");

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void everyReadIsThatOfAPlainList(long seed) {
        try (Pair pair = new Pair(directory, new Random(seed));
                Reader reader = new Reader(pair)) {
            for (int step = 0; step < STEPS && !reader.hasFailed(); step++) {
                pair.step();
                pair.assertEqual();
            }
        }
    }

    /** The read has the old value in its hands when the entry is cut off. */
    @Test
    void whatWasReadJustBeforeItWasCutOffIsNotKept() {
        RaftSettings.load();
        RaftOptions options = new RaftOptions();
        TailLogStorage before = open(directory, options);
        assertThat(before.appendEntries(List.of(entry(1, 1, 100), entry(2, 1, 100))))
                .isEqualTo(2);
        before.shutdown();
        AtomicBoolean isDue = new AtomicBoolean(true);
        TailLogStorage log = opened(new TailLogStorage(directory.resolve("log").toString(), options) {
            @Override
            protected byte[] onDataGet(long index, byte[] value) {
                if (index == 2 && isDue.getAndSet(false)) {
                    assertThat(truncateSuffix(1)).isTrue();
                }
                return value;
            }
        });

        assertThat(text(log.getEntry(2))).isEqualTo(text(entry(2, 1, 100)));

        assertThat(isDue).isFalse();
        assertThat(log.getEntry(2)).isNull();
        log.shutdown();
    }

    @Test
    void eachAppendOfAReplicasLogIsSynced() {
        RaftSettings.load();
        RaftOptions options = RaftSettings.raftOptions(StoreTuning.of(1_000, 1 << 20, 60_000));
        options.setOpenStatistics(true);
        TailLogStorage log = open(directory, options);
        long before = synced(log);

        for (int i = 1; i <= 5; i++) {
            assertThat(log.appendEntries(List.of(entry(2L * i - 1, 1, 100), entry(2L * i, 1, 100))))
                    .isEqualTo(2);
        }

        assertThat(synced(log) - before).isEqualTo(5);
        assertThat(log.durableIndex()).isEqualTo(10);
        log.shutdown();
    }

    @Test
    void aRunningReplicaSyncsItsLogAndItsVotes() throws Exception {
        try (StoreCluster cluster = new StoreCluster(directory, List.of("a"), List.of())) {
            cluster.startAll();

            RaftOptions options = cluster.leader().raft().getRaftOptions();

            assertThat(options.isSync()).isTrue();
            assertThat(options.isSyncMeta()).isTrue();
        }
    }

    private static long synced(TailLogStorage log) {
        StringWriter text = new StringWriter();
        log.describe(new Describer.DefaultPrinter(new PrintWriter(text)));
        Matcher count = SYNCED.matcher(text.toString());
        assertThat(count.find()).isTrue();
        return Long.parseLong(count.group(1));
    }

    private static TailLogStorage open(Path directory, RaftOptions options) {
        return opened(new TailLogStorage(directory.resolve("log").toString(), options));
    }

    private static TailLogStorage opened(TailLogStorage log) {
        LogStorageOptions opening = new LogStorageOptions();
        opening.setGroupId("g");
        opening.setConfigurationManager(new ConfigurationManager());
        opening.setLogEntryCodecFactory(LogEntryV2CodecFactory.getInstance());
        assertThat(log.init(opening)).isTrue();
        return log;
    }

    private static LogEntry entry(long index, long term, int bytes) {
        LogEntry entry = new LogEntry(EntryType.ENTRY_TYPE_DATA);
        entry.setId(new LogId(index, term));
        byte[] content = new byte[bytes];
        new Random(31 * index + term).nextBytes(content);
        entry.setData(ByteBuffer.wrap(content));
        return entry;
    }

    /** What of an entry must come back. */
    private static String text(@Nullable LogEntry entry) {
        if (entry == null) {
            return "none";
        }
        ByteBuffer data = entry.getData() == null ? LogEntry.EMPTY_DATA : entry.getData();
        byte[] content = new byte[data.remaining()];
        data.duplicate().get(content);
        return entry.getType() + " " + entry.getId().getIndex() + " of term "
                + entry.getId().getTerm() + ", " + content.length + " bytes " + Arrays.hashCode(content);
    }

    /** A log and the list that it must be equal to. */
    private static final class Pair implements AutoCloseable {
        // Held alone while the log is closed and opened again.
        final ReadWriteLock opening = new ReentrantReadWriteLock();
        private final Path directory;
        private final Random random;
        private final RaftOptions options = new RaftOptions();
        private final List<String> model = new ArrayList<>();
        private long first = 1;
        private long term = 1;
        private volatile TailLogStorage log;

        Pair(Path directory, Random random) {
            RaftSettings.load();
            options.setSync(false);
            options.setOpenStatistics(false);
            this.directory = directory;
            this.random = random;
            this.log = open();
        }

        TailLogStorage log() {
            return log;
        }

        /** One that reads what is about to be cut off, at the latest moment. */
        private TailLogStorage open() {
            return opened(new TailLogStorage(directory.resolve("log").toString(), options) {
                @Override
                protected void onTruncateSuffix(long lastIndexKept) {
                    var _ = getEntry(lastIndexKept + 1);
                }
            });
        }

        private long last() {
            return first + model.size() - 1;
        }

        /** Does one thing as Raft may: what is cut off at the end is replaced in a later term. */
        void step() {
            int choice = random.nextInt(200);
            if (model.isEmpty() || choice < 150) {
                append();
            } else if (choice < 185) {
                long kept = Math.max(first, last() - random.nextInt(random.nextInt(10) == 0 ? 200 : 5));
                assertThat(log.truncateSuffix(kept)).isTrue();
                model.subList((int) (kept - first + 1), model.size()).clear();
                term++;
            } else if (choice < 196) {
                long kept = first + random.nextInt(model.size());
                assertThat(log.truncatePrefix(kept)).isTrue();
                model.subList(0, (int) (kept - first)).clear();
                first = kept;
            } else if (choice < 198) {
                reset();
            } else {
                reopen();
            }
        }

        private void append() {
            List<LogEntry> entries = new ArrayList<>();
            int count = 1 + random.nextInt(6);
            for (int i = 0; i < count; i++) {
                int bytes = random.nextInt(30) == 0 ? random.nextInt(1_200_000) : random.nextInt(300);
                LogEntry entry = entry(last() + 1, term, bytes);
                entries.add(entry);
                model.add(text(entry));
            }
            if (count == 1) {
                assertThat(log.appendEntry(entries.getFirst())).isTrue();
            } else {
                assertThat(log.appendEntries(entries)).isEqualTo(count);
            }
            assertThat(log.durableIndex()).isEqualTo(last());
        }

        /** After a snapshot: what comes next is at this index, of which an entry that is there stays. */
        private void reset() {
            long next = first + random.nextInt(model.size() + 10);
            String there = next <= last() ? model.get((int) (next - first)) : null;
            assertThat(log.reset(next)).isTrue();
            LogEntry nothing = new LogEntry(EntryType.ENTRY_TYPE_NO_OP);
            nothing.setId(new LogId(next, 0));
            model.clear();
            model.add(there == null ? text(nothing) : there);
            first = next;
            term++;
        }

        private void reopen() {
            opening.writeLock().lock();
            try {
                log.shutdown();
                log = open();
                assertThat(log.durableIndex()).isZero();
            } finally {
                opening.writeLock().unlock();
            }
        }

        void assertEqual() {
            // First: any other read takes the place of what was read last.
            assertEqual(last() + 1);
            assertThat(log.getFirstLogIndex()).isEqualTo(first);
            assertThat(log.getLastLogIndex()).isEqualTo(last());
            assertThat(log.durableIndex()).isLessThanOrEqualTo(last());
            assertEqual(first);
            for (long index = Math.max(first, last() - 3); index <= last() + 2; index++) {
                assertEqual(index);
            }
            for (int i = 0; i < 5; i++) {
                assertEqual(first + random.nextInt(model.size()));
            }
        }

        private void assertEqual(long index) {
            String expected = index <= last() ? model.get((int) (index - first)) : "none";
            assertThat(text(log.getEntry(index))).as("entry " + index).isEqualTo(expected);
        }

        @Override
        public void close() {
            log.shutdown();
        }
    }

    /** Reads all the time, as JRaft's other threads do: what it reads just before a cut must not stay. */
    private static final class Reader implements AutoCloseable {
        private final Pair pair;
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private volatile boolean isOver;
        private final Thread thread;

        Reader(Pair pair) {
            this.pair = pair;
            this.thread = Thread.ofPlatform().name("reader").start(this::run);
        }

        boolean hasFailed() {
            return failure.get() != null;
        }

        private void run() {
            long index = 1;
            int reads = 0;
            while (!isOver) {
                pair.opening.readLock().lock();
                try {
                    TailLogStorage log = pair.log();
                    var _ = log.getEntry(index);
                    var _ = log.getTerm(index);
                    // Mostly what is cut off next.
                    index = Math.max(1, log.getLastLogIndex() - (reads % 50 == 0 ? 70 : reads % 4));
                    reads++;
                } catch (RuntimeException | Error broken) {
                    failure.set(broken);
                    return;
                } finally {
                    pair.opening.readLock().unlock();
                }
            }
        }

        @Override
        public void close() {
            isOver = true;
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
            assertThat(failure.get()).isNull();
        }
    }
}
