// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.config;

import java.time.Duration;

/** What an operator may say about Raft; not whether the log is synced to disk, for it always is. */
public record RaftSettings(Duration election, Duration snapshotInterval, long snapshotLogBytes) {
    static RaftSettings of(Values values) {
        return new RaftSettings(
                values.get(Settings.ELECTION),
                values.get(Settings.SNAPSHOT_INTERVAL),
                values.get(Settings.SNAPSHOT_LOG_BYTES));
    }
}
