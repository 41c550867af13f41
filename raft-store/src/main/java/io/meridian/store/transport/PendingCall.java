// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import com.alipay.sofa.jraft.error.RemotingException;
import com.alipay.sofa.jraft.rpc.InvokeCallback;
import com.alipay.sofa.jraft.util.timer.Timeout;
import com.google.protobuf.Message;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A request that waits for its reply; who takes it out of its stream's table completes it, so that happens once. */
final class PendingCall {
    private static final Logger LOG = LoggerFactory.getLogger(PendingCall.class);

    private final InvokeCallback callback;
    private final Executor fallback;
    private volatile @Nullable Timeout timeout;

    /** {@code fallback} runs the callback if its own executor is full or gone: JRaft leaks memory when it never runs. */
    PendingCall(InvokeCallback callback, Executor fallback) {
        this.callback = callback;
        this.fallback = fallback;
    }

    void expiresWith(Timeout wheelTimeout) {
        timeout = wheelTimeout;
    }

    void reply(Message reply) {
        finish(() -> callback.complete(reply, null));
    }

    void fail(RemotingException reason) {
        finish(() -> callback.complete(null, reason));
    }

    /** Completes nothing: the caller reports the failure itself. */
    void discard() {
        Timeout wheel = timeout;
        if (wheel != null) {
            wheel.cancel();
        }
    }

    private void finish(Runnable completion) {
        discard();
        Executor executor = callback.executor();
        if (executor == null) {
            completion.run();
            return;
        }
        try {
            executor.execute(completion);
        } catch (RejectedExecutionException full) {
            try {
                fallback.execute(completion);
            } catch (RejectedExecutionException alsoFull) {
                LOG.warn("No thread takes a Raft reply; it is handled on the network's thread");
                completion.run();
            }
        }
    }
}
