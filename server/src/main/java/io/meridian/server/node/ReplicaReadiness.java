// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.node;

import io.meridian.server.admin.Health;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Whether one replica keeps its node from being ready.
 *
 * <p>One of the node's own region does so until it serves. One of another region does so for a minute at most: else the
 * loss of a region would, with each node that is restarted, close the others too.
 *
 * @param isHome whether the replica's home region is the node's
 * @param serving whether it has caught up once, and has not stopped
 * @param stopped why it has stopped for good, if it has
 * @param nanosSinceStart how long the node has run
 */
record ReplicaReadiness(
        boolean isHome, BooleanSupplier serving, Supplier<Optional<String>> stopped, LongSupplier nanosSinceStart)
        implements Health.Check {
    static final Duration REMOTE_PATIENCE = Duration.ofMinutes(1);

    @Override
    public Optional<String> problem() {
        if (serving.getAsBoolean()) {
            return Optional.empty();
        }
        Optional<String> reason = stopped.get();
        if (reason.isPresent()) {
            return reason;
        }
        return isHome || nanosSinceStart.getAsLong() < REMOTE_PATIENCE.toNanos()
                ? Optional.of("has not caught up yet")
                : Optional.empty();
    }
}
