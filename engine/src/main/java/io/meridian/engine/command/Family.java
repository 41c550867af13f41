// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The commands of one data type or purpose; as COMMAND DOCS groups them, and ACL categories derive from it. */
public enum Family {
    STRING,
    GENERIC,
    HASH,
    LIST,
    CONNECTION,
    SERVER,
    TRANSACTIONS;

    Command read(
            String name, int arity, KeySpec keys, String since, Command.Parser<Command.Query> parser, Flag... flags) {
        return new Command.Read(spec(name, arity, keys, since, Flag.READONLY, flags), parser);
    }

    Command write(
            String name,
            int arity,
            KeySpec keys,
            String since,
            Command.Parser<Command.Mutation> parser,
            Flag... flags) {
        return new Command.Write(spec(name, arity, keys, since, Flag.WRITE, flags), parser);
    }

    Command local(String name, int arity, String since, Command.Parser<Command.Exchange> parser, Flag... flags) {
        return new Command.Local(new Spec(name, arity, List.of(KeySpec.NONE), since, this, setOf(flags)), parser);
    }

    private Spec spec(String name, int arity, KeySpec keys, String since, Flag kind, Flag... flags) {
        Set<Flag> all = setOf(flags);
        all.add(kind);
        return new Spec(name, arity, List.of(keys), since, this, all);
    }

    private static Set<Flag> setOf(Flag... flags) {
        Set<Flag> all = EnumSet.noneOf(Flag.class);
        all.addAll(List.of(flags));
        return all;
    }
}
