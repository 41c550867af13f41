// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Redis' ACL categories, in the order in which COMMAND INFO has them. */
enum AclCategory {
    KEYSPACE,
    READ,
    WRITE,
    SET,
    SORTEDSET,
    LIST,
    HASH,
    STRING,
    BITMAP,
    HYPERLOGLOG,
    GEO,
    STREAM,
    PUBSUB,
    ADMIN,
    FAST,
    SLOW,
    BLOCKING,
    DANGEROUS,
    CONNECTION,
    TRANSACTION,
    SCRIPTING;

    // Redis states these by hand too: the command is of one family and acts on another's ground.
    private static final Map<String, List<AclCategory>> STATED = Map.of(
            "COMMAND", List.of(CONNECTION),
            "WAIT", List.of(CONNECTION),
            "ROLE", List.of(ADMIN, DANGEROUS),
            "DBSIZE", List.of(KEYSPACE),
            "FLUSHALL", List.of(KEYSPACE),
            "FLUSHDB", List.of(KEYSPACE),
            "SWAPDB", List.of(KEYSPACE),
            "SORT", List.of(SET, SORTEDSET, LIST),
            "SORT_RO", List.of(SET, SORTEDSET, LIST));

    /** All categories of a command; derived as server.c's setImplicitACLCategories does, plus its family's own. */
    static Set<AclCategory> of(Spec spec) {
        Set<AclCategory> all = EnumSet.noneOf(AclCategory.class);
        String name = spec.name();
        int bar = name.indexOf('|');
        all.addAll(STATED.getOrDefault(bar < 0 ? name : name.substring(0, bar), List.of()));
        // A container has no category of its own in Redis, unless it can be called alone.
        if (!spec.isContainer() || spec.accepts(1)) {
            spec.family().category().ifPresent(all::add);
        }
        if (spec.has(Flag.WRITE)) {
            all.add(WRITE);
        }
        if (spec.has(Flag.READONLY) && !all.contains(SCRIPTING)) {
            all.add(READ);
        }
        if (spec.has(Flag.ADMIN)) {
            all.add(ADMIN);
            all.add(DANGEROUS);
        }
        if (spec.has(Flag.DANGEROUS)) {
            all.add(DANGEROUS);
        }
        if (spec.has(Flag.PUBSUB)) {
            all.add(PUBSUB);
        }
        if (spec.has(Flag.BLOCKING)) {
            all.add(BLOCKING);
        }
        all.add(spec.has(Flag.FAST) ? FAST : SLOW);
        return all;
    }

    /** By name without the at sign, in any case. */
    static Optional<AclCategory> named(String name) {
        for (AclCategory category : values()) {
            if (category.name().equalsIgnoreCase(name)) {
                return Optional.of(category);
            }
        }
        return Optional.empty();
    }

    /** As ACL and COMMAND INFO have it: {@code "@string"}. */
    String text() {
        return "@" + name().toLowerCase(Locale.ROOT);
    }
}
