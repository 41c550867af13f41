// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.apply;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.entry.Bundle;
import io.meridian.engine.entry.EntryWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes entries and applies them to groups, for tests. */
final class Entries {
    static final long ORIGIN = 77;

    private final EntryWriter writer = new EntryWriter();
    private long sequence;

    Bundle bundle(String... commands) {
        Bundle bundle = new Bundle(ORIGIN, ++sequence);
        for (String command : commands) {
            Args args = Args.of(command.split(" "));
            switch (CommandTable.REDIS.require(args)) {
                case Command.Read read -> bundle.read(0, 0, read.parser().parse(args));
                case Command.Write _, Command.Local _ -> bundle.write(0, 0, args);
            }
        }
        return bundle;
    }

    Bytes entry(long millis, Bundle... bundles) {
        writer.begin(millis, millis * 31);
        for (Bundle bundle : bundles) {
            writer.add(bundle);
        }
        return writer.finish();
    }

    /** An entry of a leader whose memory is nearly full. */
    Bytes full(long millis, Bundle... bundles) {
        writer.begin(millis, millis * 31);
        writer.addFull();
        for (Bundle bundle : bundles) {
            writer.add(bundle);
        }
        return writer.finish();
    }

    Bytes expire(long millis, int limit) {
        writer.begin(millis, 1);
        writer.addExpire(limit);
        return writer.finish();
    }

    Bytes genesis(long seed, long incarnation) {
        writer.begin(1, 1);
        writer.addGenesis(seed, incarnation);
        return writer.finish();
    }

    /** Applies an entry as the next one; returns the replies of all its sections. */
    static List<Reply> apply(GroupState state, Bytes entry, @Nullable Bundle... riders) {
        List<Reply> replies = new ArrayList<>();
        EntryCursor cursor = state.open(state.appliedIndex() + 1, entry);
        for (int i = 0; cursor.hasNext(); i++) {
            replies.addAll(List.of(cursor.applyNext(i < riders.length ? riders[i] : null)));
        }
        return replies;
    }
}
