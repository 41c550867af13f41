// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.apply;

import io.meridian.engine.Moment;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.keyspace.GroupKeys;
import io.meridian.engine.keyspace.Keyspace;
import io.meridian.engine.keyspace.NumberedView;

/** All data of a group on one replica, and the only way to change it: applying entries in order. */
public final class GroupState {
    private final CommandTable commands;
    private GroupKeys keys = new GroupKeys(0);

    public GroupState(CommandTable commands) {
        this.commands = commands;
    }

    /** A view of a numbered database for one query, under the group's shared lock. */
    public NumberedView view(int database, int number, long nowMillis, long seed) {
        return keys.view(database, number, nowMillis, seed);
    }

    /** A keyspace for one mutation outside of any entry: for tests of commands. */
    public Keyspace keyspace(int database, int number, Moment at) {
        return keys.keyspace(database, number, at.epochMillis(), at.seed());
    }

    public CommandTable commands() {
        return commands;
    }
}
