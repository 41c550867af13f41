// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.timer;

import com.alipay.sofa.jraft.core.Scheduler;
import com.alipay.sofa.jraft.util.SPI;
import com.alipay.sofa.jraft.util.timer.RaftTimerFactory;
import com.alipay.sofa.jraft.util.timer.Timer;

/** Gives every JRaft node the process's one coarse timer; JRaft finds it as a service. */
@SPI(name = "meridian", priority = 10)
public final class CoarseTimerFactory implements RaftTimerFactory {
    @Override
    public Timer getElectionTimer(boolean shared, String name) {
        return createTimer(name);
    }

    @Override
    public Timer getVoteTimer(boolean shared, String name) {
        return createTimer(name);
    }

    @Override
    public Timer getStepDownTimer(boolean shared, String name) {
        return createTimer(name);
    }

    @Override
    public Timer getSnapshotTimer(boolean shared, String name) {
        return createTimer(name);
    }

    @Override
    public Scheduler getRaftScheduler(boolean shared, int workerNum, String name) {
        return createScheduler(workerNum, name);
    }

    @Override
    public Timer createTimer(String name) {
        return new RaftTimer();
    }

    @Override
    public Scheduler createScheduler(int workerNum, String name) {
        return new RaftScheduler();
    }
}
