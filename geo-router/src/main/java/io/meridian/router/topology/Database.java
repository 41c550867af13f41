// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.topology;

import java.util.List;
import java.util.Optional;

/**
 * A named keyspace with its own users and placement.
 *
 * <p>The id, from 0 to 65535, stands for the database in logs, snapshots and session tokens, and therefore must never
 * change; the name is for people and may not either, as long as nothing renames it everywhere.
 *
 * @param resp the level of reads over RESP where neither request, connection nor user sets one
 * @param rest the same over REST, for requests without a session token
 */
public record Database(String name, int id, Placement placement, Consistency resp, Consistency rest, List<User> users) {
    public static final int ID_MAX = 65_535;

    public Database {
        Names.require(name);
        if (id < 0 || id > ID_MAX) {
            throw new IllegalArgumentException("a database's id is from 0 to " + ID_MAX + ", not " + id);
        }
        users = List.copyOf(users);
    }

    public RegionId home() {
        return placement.home();
    }

    public Optional<User> findUser(String user) {
        return users.stream().filter(one -> one.name().equals(user)).findFirst();
    }
}
