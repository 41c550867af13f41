// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.topology;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * All databases and users of a cluster: what a client's access token opens.
 *
 * <p>Immutable. An access token belongs to exactly one user of one database, so that it alone says who a client is.
 */
public final class Catalog {
    private final SequencedMap<String, Database> databases = new LinkedHashMap<>();
    private final Map<Integer, Database> byId = new HashMap<>();
    private final Map<AccessToken, Login> logins = new HashMap<>();
    private final Optional<Database> anonymous;

    /** Who a client is: a user of a database. */
    public record Login(Database database, User user) {
        /** The level of this user's reads over RESP where neither request nor connection sets one. */
        public Consistency resp() {
            return user.consistency().orElse(database.resp());
        }

        /** The level of this user's reads over REST where the request neither sets one nor brings a session token. */
        public Consistency rest() {
            return user.consistency().orElse(database.rest());
        }
    }

    /**
     * Throws IllegalArgumentException when a name, id or access token occurs twice or the anonymous database is unknown.
     *
     * @param anonymous the database that connections without credentials use, with every right; empty: none
     */
    public Catalog(List<Database> databases, Optional<String> anonymous) {
        for (Database database : databases) {
            if (this.databases.putIfAbsent(database.name(), database) != null) {
                throw new IllegalArgumentException("database " + database.name() + " occurs twice");
            }
            if (byId.putIfAbsent(database.id(), database) != null) {
                throw new IllegalArgumentException("database id " + database.id() + " occurs twice");
            }
            for (User user : database.users()) {
                if (logins.putIfAbsent(user.token(), new Login(database, user)) != null) {
                    throw new IllegalArgumentException(
                            "the access token of user " + user.name() + " of " + database.name() + " occurs twice");
                }
            }
        }
        this.anonymous = anonymous.map(
                name -> find(name).orElseThrow(() -> new IllegalArgumentException("there is no database " + name)));
    }

    public List<Database> databases() {
        return List.copyOf(databases.values());
    }

    public Optional<Database> find(String name) {
        return Optional.ofNullable(databases.get(name));
    }

    public Optional<Database> find(int id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** The database of connections without credentials; empty: such connections must authenticate first. */
    public Optional<Database> anonymous() {
        return anonymous;
    }

    /** Who has this access token. */
    public Optional<Login> login(AccessToken token) {
        return Optional.ofNullable(logins.get(token));
    }

    /** Who has this access token, if it is a user of that name. */
    public Optional<Login> login(String user, AccessToken token) {
        return login(token).filter(login -> login.user().name().equals(user));
    }

    @Override
    public String toString() {
        return "Catalog" + databases.values();
    }
}
