// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import io.meridian.engine.Args;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;

/** What is known of a command without running it; one row of the table. */
public final class Spec {
    private final String name;
    private final int arity;
    private final List<KeySpec> keys;
    private final String since;
    private final Family family;
    private final Set<Flag> flags;
    private final boolean subcommand;
    private int id = -1;
    private boolean container;

    /**
     * @param name in upper case; a bar joins a subcommand: {@code "CLIENT|LIST"}
     * @param arity as Redis counts: with the name (both words of a subcommand); negative for at least so many
     * @param since the Redis version that brought it
     */
    Spec(String name, int arity, List<KeySpec> keys, String since, Family family, Set<Flag> flags) {
        this.name = name;
        this.arity = arity;
        this.keys = List.copyOf(keys);
        this.since = since;
        this.family = family;
        // In the enum's order, so that COMMAND INFO answers the same everywhere.
        EnumSet<Flag> ordered = EnumSet.noneOf(Flag.class);
        ordered.addAll(flags);
        this.flags = Collections.unmodifiableSet(ordered);
        this.subcommand = name.indexOf('|') >= 0;
    }

    public String name() {
        return name;
    }

    public int arity() {
        return arity;
    }

    public List<KeySpec> keys() {
        return keys;
    }

    public String since() {
        return since;
    }

    public Family family() {
        return family;
    }

    public boolean has(Flag flag) {
        return flags.contains(flag);
    }

    public Set<Flag> flags() {
        return flags;
    }

    /** A small number, dense over the table, for counters by command. */
    public int id() {
        return id;
    }

    void id(int position) {
        this.id = position;
    }

    /** Whether the command is only the first word of others: CLIENT, CONFIG. */
    public boolean isContainer() {
        return container;
    }

    /** Whether the command is two words: {@code "CLIENT|LIST"}. */
    public boolean isSubcommand() {
        return subcommand;
    }

    void hasSubcommands() {
        this.container = true;
    }

    public boolean accepts(int argCount) {
        return arity >= 0 ? argCount == arity : argCount >= -arity;
    }

    /** Calls with the index of each key among the args. */
    public void forEachKey(Args args, IntConsumer keyAt) {
        for (KeySpec spec : keys) {
            spec.forEach(args, keyAt);
        }
    }
}
