// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.workload;

import io.meridian.chaos.client.MeridianWords;
import io.meridian.chaos.client.RespConnection;
import io.meridian.chaos.history.Level;
import java.time.Duration;

/** How a client chooses a level and carries its session from node to node. */
public interface Dialect {
    /** Chooses the level of the reads that follow on this connection. */
    void level(RespConnection connection, Level level);

    /** What another connection needs to continue the session of this one. */
    String token(RespConnection connection);

    /** Continues a session on a new connection; waits up to the patience for its node, and tells whether it is as far. */
    boolean sync(RespConnection connection, String token, Duration patience);

    /** The index of the state that the last read was shown; 0 where there is no such thing. */
    long lastIndex(RespConnection connection);

    /** Meridian's own words. */
    Dialect MERIDIAN = new Dialect() {
        @Override
        public void level(RespConnection connection, Level level) {
            MeridianWords.level(connection, level);
        }

        @Override
        public String token(RespConnection connection) {
            return MeridianWords.token(connection);
        }

        @Override
        public boolean sync(RespConnection connection, String token, Duration patience) {
            return MeridianWords.sync(connection, token, patience);
        }

        @Override
        public long lastIndex(RespConnection connection) {
            return MeridianWords.lastIndex(connection);
        }
    };

    /** A plain Redis: it has neither levels nor sessions. */
    Dialect REDIS = new Dialect() {
        @Override
        public void level(RespConnection connection, Level level) {}

        @Override
        public String token(RespConnection connection) {
            return "";
        }

        @Override
        public boolean sync(RespConnection connection, String token, Duration patience) {
            return true;
        }

        @Override
        public long lastIndex(RespConnection connection) {
            return 0;
        }
    };
}
