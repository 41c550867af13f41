// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import com.alipay.sofa.jraft.StateMachine;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.option.ReadOnlyOption;
import com.alipay.sofa.jraft.rpc.ProtobufMsgFactory;
import com.alipay.sofa.jraft.storage.impl.RocksDBLogStorage;
import com.alipay.sofa.jraft.util.StorageOptionsFactory;
import com.alipay.sofa.jraft.util.concurrent.DefaultFixedThreadsExecutorGroupFactory;
import com.alipay.sofa.jraft.util.concurrent.FixedThreadsExecutorGroup;
import io.meridian.store.transport.PeerTransport;
import io.meridian.store.transport.TransportNodeOptions;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;

/** How JRaft and its RocksDB are set up: what all replicas of the process share, and what each has. */
final class RaftSettings {
    private static final int MIB = 1 << 20;

    private static final FixedThreadsExecutorGroup APPEND_EXECUTORS;

    static {
        RocksDB.loadLibrary();
        ProtobufMsgFactory.load();
        registerRocksDb();
        // The threads on which responses to AppendEntries are handled; one pool, or each replica would make its own.
        APPEND_EXECUTORS = DefaultFixedThreadsExecutorGroupFactory.INSTANCE.newExecutorGroup(
                Math.max(2, Runtime.getRuntime().availableProcessors()), "meridian-append", 16_384, true);
    }

    private RaftSettings() {}

    /** JRaft takes these options once a process, before its first replica. */
    private static void registerRocksDb() {
        DBOptions database = new DBOptions()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setMaxOpenFiles(-1)
                .setKeepLogFileNum(3)
                // The log of configurations is hardly written: without a bound its part would keep each old file from
                // being recycled.
                .setMaxTotalWalSize(32L * MIB)
                // A recycled file needs no metadata journal commit with each sync: half the tail latency of a flood.
                .setRecycleLogFileNum(2)
                .setMaxBackgroundJobs(2)
                .setStatsDumpPeriodSec(0);
        ColumnFamilyOptions families = new ColumnFamilyOptions()
                // 64 MiB memtables, JRaft's default, cost 38 MB for each replica, and stalls of 60 ms when they are
                // flushed.
                .setWriteBufferSize(16L * MIB)
                .setMaxWriteBufferNumber(3)
                .setMinWriteBufferNumberToMerge(1)
                .setArenaBlockSize(256 * 1024)
                .setCompressionType(CompressionType.NO_COMPRESSION)
                .setLevel0FileNumCompactionTrigger(10)
                .setLevel0SlowdownWritesTrigger(20)
                .setLevel0StopWritesTrigger(40)
                .setMaxBytesForLevelBase(128L * MIB)
                .setTargetFileSizeBase(16L * MIB);
        StorageOptionsFactory.registerRocksDBOptions(RocksDBLogStorage.class, database);
        StorageOptionsFactory.registerRocksDBColumnFamilyOptions(RocksDBLogStorage.class, families);
        StorageOptionsFactory.registerRocksDBTableFormatConfig(
                RocksDBLogStorage.class, new BlockBasedTableConfig().setBlockSize(16 * 1024));
    }

    /** Forces what is shared to be set up. */
    static void load() {}

    static TransportNodeOptions nodeOptions(
            PeerTransport transport,
            Membership membership,
            ReplicaFolder folder,
            StateMachine applier,
            RaftStorage storage,
            StoreTuning tuning) {
        TransportNodeOptions options = transport.nodeOptions();
        options.setInitialConf(configuration(membership));
        options.setFsm(applier);
        options.setLogUri(folder.log().toString());
        options.setRaftMetaUri(folder.meta().toString());
        options.setSnapshotUri(folder.snapshot().toString());
        // Never: snapshots are begun by our own tick, by bytes and by time.
        options.setSnapshotIntervalSecs(0);
        options.setElectionTimeoutMs(tuning.electionTimeoutMillis());
        options.setSharedElectionTimer(true);
        options.setSharedVoteTimer(true);
        options.setSharedStepDownTimer(true);
        options.setSharedSnapshotTimer(true);
        options.setSharedTimerPool(true);
        options.setDisableCli(true);
        options.setRpcProcessorThreadPoolSize(6);
        // A 64 MiB entry to a far region takes seconds.
        options.setRpcDefaultTimeout(15_000);
        // Covers the whole transfer; at its end the leader would begin again.
        options.setRpcInstallSnapshotTimeout(3_600_000);
        options.setAppendEntriesExecutors(APPEND_EXECUTORS);
        options.setServiceFactory(storage);
        options.setRaftOptions(raftOptions(tuning));
        return options;
    }

    static RaftOptions raftOptions(StoreTuning tuning) {
        RaftOptions options = new RaftOptions();
        options.setSync(true);
        options.setOpenStatistics(false);
        // Spreads candidates over half a timeout; JRaft's second would delay each failover by that much.
        options.setMaxElectionDelayMs(tuning.electionTimeoutMillis() / 2);
        options.setApplyBatch(32);
        // A group has a few entries in flight: a larger ring would only cost memory in each replica.
        options.setDisruptorBufferSize(1024);
        options.setMaxReplicatorInflightMsgs(64);
        // Needs -Djraft.byte_buf.size of the same: else its reader grows a buffer by 1 KiB at a time.
        options.setMaxByteCountPerRpc(MIB);
        options.setMaxLogsInMemoryBytes(256L * MIB);
        options.setReadOnlyOptions(ReadOnlyOption.ReadOnlySafe);
        // Our entries carry a CRC32C of their own, at a tenth of the cost.
        options.setEnableLogEntryChecksum(false);
        return options;
    }

    private static Configuration configuration(Membership membership) {
        Configuration configuration = new Configuration();
        for (String voter : membership.voters()) {
            configuration.addPeer(PeerTransport.peerId(voter));
        }
        for (String learner : membership.learners()) {
            configuration.addLearner(PeerTransport.peerId(learner));
        }
        return configuration;
    }

    /** JRaft's name for a group: letters, digits and dashes stay, anything else becomes its code; one to one. */
    static String raftName(String group) {
        StringBuilder name = new StringBuilder("g-");
        for (int i = 0; i < group.length(); i++) {
            char c = group.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
            if (plain) {
                name.append(c);
            } else {
                name.append('_').append(Integer.toHexString(0x10000 | c).substring(1));
            }
        }
        return name.toString();
    }

    /** The node of a replica that JRaft names; empty when it names none. */
    static String nodeOf(PeerId peer) {
        return peer.isEmpty() ? "" : peer.getIp();
    }
}
