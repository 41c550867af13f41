// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.impl.RocksDBLogStorage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * JRaft's log in RocksDB, with its last entries kept in memory.
 *
 * <p>JRaft asks for the term of the last entries with each heartbeat and each read index, on both ends, and drops an entry from
 * memory as soon as it is applied: without this it reads the whole entry back from RocksDB each time, 64 MiB if need be.
 */
class TailLogStorage extends RocksDBLogStorage {
    private static final int ENTRIES_MAX = 64;
    /** All but the very last entry together. */
    private static final long BYTES_MAX = 2 << 20;

    // Entry of index i at i modulo the length; all from first to last are there. Guarded by the monitor of the array.
    private final @Nullable LogEntry[] tail = new @Nullable LogEntry[ENTRIES_MAX];
    private long first = 1;
    private long last;
    private long bytes;
    // The last one read from RocksDB: after a restart that is where the log ends. Guarded as well.
    private @Nullable LogEntry lastRead;
    private long changes;

    private volatile long durableIndex;

    TailLogStorage(String path, RaftOptions options) {
        super(path, options);
    }

    /** The last index that was written and synced since the log was opened; 0 for none. */
    long durableIndex() {
        return durableIndex;
    }

    @Override
    public @Nullable LogEntry getEntry(long index) {
        long changesBefore;
        synchronized (tail) {
            if (index >= first && index <= last) {
                return tail[(int) (index % ENTRIES_MAX)];
            }
            LogEntry known = lastRead;
            if (known != null && known.getId().getIndex() == index) {
                return known;
            }
            changesBefore = changes;
        }
        LogEntry read = super.getEntry(index);
        synchronized (tail) {
            // Else it may have been cut off meanwhile, and replaced.
            if (changes == changesBefore) {
                lastRead = read;
            }
        }
        return read;
    }

    @Override
    public boolean appendEntry(LogEntry entry) {
        boolean appended = super.appendEntry(entry);
        if (appended) {
            keep(List.of(entry));
        }
        return appended;
    }

    @Override
    public int appendEntries(List<LogEntry> entries) {
        int appended = super.appendEntries(entries);
        keep(entries.subList(0, appended));
        return appended;
    }

    private void keep(List<LogEntry> entries) {
        if (!entries.isEmpty()) {
            durableIndex = entries.getLast().getId().getIndex();
        }
        synchronized (tail) {
            changed();
            for (LogEntry entry : entries) {
                long index = entry.getId().getIndex();
                if (index != last + 1) {
                    forgetAll(index);
                }
                if (last - first + 1 == ENTRIES_MAX) {
                    forgetFirst();
                }
                last = index;
                tail[(int) (index % ENTRIES_MAX)] = entry;
                bytes += sizeOf(entry);
                while (first < last && bytes - sizeOf(entry) > BYTES_MAX) {
                    forgetFirst();
                }
            }
        }
    }

    /** Before the log changes, for those who read now, and after it, for those who read just before. */
    private void forgetFrom(long next) {
        durableIndex = Math.min(durableIndex, next - 1);
        synchronized (tail) {
            changed();
            forgetAll(next);
        }
    }

    private void changed() {
        changes++;
        lastRead = null;
    }

    private void forgetFirst() {
        int place = (int) (first++ % ENTRIES_MAX);
        LogEntry entry = tail[place];
        tail[place] = null;
        bytes -= entry == null ? 0 : sizeOf(entry);
    }

    private void forgetAll(long next) {
        while (first <= last) {
            forgetFirst();
        }
        first = next;
        last = next - 1;
        bytes = 0;
    }

    private static long sizeOf(LogEntry entry) {
        return entry.getData() == null ? 0 : entry.getData().remaining();
    }

    @Override
    public boolean truncateSuffix(long lastIndexKept) {
        forgetFrom(lastIndexKept + 1);
        boolean done = super.truncateSuffix(lastIndexKept);
        forgetFrom(lastIndexKept + 1);
        return done;
    }

    @Override
    public boolean reset(long nextLogIndex) {
        forgetFrom(nextLogIndex);
        boolean done = super.reset(nextLogIndex);
        forgetFrom(nextLogIndex);
        return done;
    }
}
