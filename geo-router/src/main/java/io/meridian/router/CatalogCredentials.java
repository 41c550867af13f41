// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import io.meridian.engine.Bytes;
import io.meridian.engine.CommandException;
import io.meridian.router.topology.AccessToken;
import io.meridian.router.topology.Catalog;
import io.meridian.router.topology.Catalog.Login;
import io.meridian.router.topology.Consistency;
import io.meridian.router.topology.Database;
import io.meridian.router.topology.User;
import java.util.Optional;

/** Credentials as the catalog has them. */
public final class CatalogCredentials implements Credentials {
    private final Catalog catalog;

    public CatalogCredentials(Catalog catalog) {
        this.catalog = catalog;
    }

    /**
     * By user name and token. A program that only has a URL gives its level in the name: {@code default+linearizable},
     * {@code default+bounded.500} (a URL's user name cannot hold an equals sign unescaped).
     */
    @Override
    public Optional<Access> open(Bytes user, Bytes token) {
        String name = user.toString();
        int plus = name.indexOf('+');
        Optional<Consistency> level = Optional.empty();
        if (plus >= 0) {
            try {
                level = Optional.of(Consistency.parse(name.substring(plus + 1).replace('.', '=')));
            } catch (IllegalArgumentException unknownLevel) {
                return Optional.empty();
            }
            name = name.substring(0, plus);
        }
        if (token.isEmpty()) {
            return Optional.empty();
        }
        Optional<Consistency> wanted = level;
        Optional<Access> opened =
                catalog.login(name, AccessToken.of(token.toArray())).map(login -> access(login, wanted));
        // Only to those who may come in: else a wrong token would look like a good one.
        if (opened.isPresent()
                && level.filter(named -> named.level() == Consistency.Level.BOUNDED)
                        .isPresent()) {
            throw new CommandException("ERR " + Consistency.NO_BOUNDED);
        }
        return opened;
    }

    @Override
    public Optional<Access> open(Bytes token) {
        return token.isEmpty()
                ? Optional.empty()
                : catalog.login(AccessToken.of(token.toArray())).map(login -> access(login, Optional.empty()));
    }

    @Override
    public Optional<Access> anonymous() {
        return catalog.anonymous().map(database -> access(database, User.DEFAULT, false, Optional.empty()));
    }

    private static Access access(Login login, Optional<Consistency> level) {
        return access(
                login.database(),
                login.user().name(),
                login.user().isReadOnly(),
                level.or(() -> login.user().consistency()));
    }

    private static Access access(Database database, String user, boolean isReadOnly, Optional<Consistency> level) {
        return new Access(
                user,
                database.name(),
                database.id(),
                isReadOnly,
                level,
                database.resp(),
                database.rest(),
                database.placement().group().toString());
    }
}
