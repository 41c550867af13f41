// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import static io.meridian.engine.command.Family.STRING;
import static io.meridian.engine.command.Flag.DENYOOM;
import static io.meridian.engine.command.Flag.FAST;
import static io.meridian.engine.command.KeySpec.key;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command.Mutation;
import io.meridian.engine.command.Command.Query;
import io.meridian.engine.keyspace.KeyspaceView;
import io.meridian.engine.value.StringValue;
import java.util.List;

/** Commands on strings, and on the numbers they hold. */
final class StringCommands {
    static final List<Command> ALL = List.of(
            STRING.read("GET", 2, key(1), "1.0.0", StringCommands::get, FAST),
            STRING.write("SET", -3, key(1), "1.0.0", StringCommands::set, DENYOOM));

    private StringCommands() {}

    private static Query get(Args args) {
        Bytes key = args.bytesAt(1);
        return keys -> keys.find(key, StringValue.class)
                .<Reply>map(value -> new Reply.Bulk(value.bytes()))
                .orElse(Reply.NIL);
    }

    private static Mutation set(Args args) {
        Bytes key = args.bytesAt(1);
        StringValue value = new StringValue(args.bytesAt(2));
        return (keys, at) -> {
            keys.put(key, value, KeyspaceView.NEVER);
            return Reply.OK;
        };
    }
}
