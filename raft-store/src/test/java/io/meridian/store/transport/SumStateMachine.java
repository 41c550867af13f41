// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Iterator;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.core.StateMachineAdapter;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Adds up the first byte of each entry; what follows it is ballast, and so is most of its snapshot. */
final class SumStateMachine extends StateMachineAdapter {
    final AtomicLong sum = new AtomicLong();
    final AtomicLong applied = new AtomicLong();
    final AtomicLong term = new AtomicLong(-1);
    final AtomicInteger leaderStarts = new AtomicInteger();
    final AtomicInteger snapshotsLoaded = new AtomicInteger();
    private final int snapshotBallastBytes;

    SumStateMachine(int snapshotBallastBytes) {
        this.snapshotBallastBytes = snapshotBallastBytes;
    }

    @Override
    public void onApply(Iterator entries) {
        while (entries.hasNext()) {
            sum.addAndGet(entries.getData().get(0));
            applied.set(entries.getIndex());
            Closure done = entries.done();
            if (done != null) {
                done.run(Status.OK());
            }
            entries.next();
        }
    }

    @Override
    public void onLeaderStart(long startedTerm) {
        term.set(startedTerm);
        leaderStarts.incrementAndGet();
    }

    @Override
    public void onLeaderStop(Status status) {
        term.set(-1);
    }

    @Override
    public void onSnapshotSave(SnapshotWriter writer, Closure done) {
        ByteBuffer bytes = ByteBuffer.allocate(16 + snapshotBallastBytes);
        bytes.putLong(0, sum.get()).putLong(8, applied.get());
        try {
            Files.write(Path.of(writer.getPath(), "sum"), bytes.array());
            writer.addFile("sum");
            done.run(Status.OK());
        } catch (IOException e) {
            done.run(new Status(RaftError.EINTR, "%s", e));
        }
    }

    @Override
    public boolean onSnapshotLoad(SnapshotReader reader) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(Path.of(reader.getPath(), "sum")));
            sum.set(bytes.getLong(0));
            applied.set(bytes.getLong(8));
            snapshotsLoaded.incrementAndGet();
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
