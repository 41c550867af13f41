// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import io.meridian.engine.CommandException;
import io.meridian.engine.Errors;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The commands of one data type or purpose; as COMMAND DOCS groups them, and ACL categories derive from it. */
public enum Family {
    STRING(AclCategory.STRING),
    GENERIC(AclCategory.KEYSPACE),
    HASH(AclCategory.HASH),
    LIST(AclCategory.LIST),
    CONNECTION(AclCategory.CONNECTION),
    SERVER(),
    TRANSACTIONS(AclCategory.TRANSACTION),
    /** What Redis does not have: consistency, session tokens, digests. */
    MERIDIAN(AclCategory.CONNECTION);

    private final Optional<AclCategory> category;

    Family() {
        this.category = Optional.empty();
    }

    Family(AclCategory category) {
        this.category = Optional.of(category);
    }

    /** The ACL category of all its commands, if they have one in common. */
    Optional<AclCategory> category() {
        return category;
    }

    /** As COMMAND DOCS names it. */
    String group() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

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
        return local(name, arity, KeySpec.NONE, since, parser, flags);
    }

    /** With keys, though it is never routed: WATCH. */
    Command local(
            String name,
            int arity,
            KeySpec keys,
            String since,
            Command.Parser<Command.Exchange> parser,
            Flag... flags) {
        return new Command.Local(new Spec(name, arity, List.of(keys), since, this, setOf(flags)), parser);
    }

    /** A first word that is no command without a second: CLIENT, CONFIG. */
    Command container(String name, String since) {
        return local(name, -2, since, args -> {
            throw new CommandException(Errors.wrongArity(name));
        });
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
