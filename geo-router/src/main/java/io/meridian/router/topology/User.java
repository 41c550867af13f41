// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.topology;

import java.util.Optional;

/** Who may use a database: reads only or also writes, and the level of reads if it differs from the database's. */
public record User(String name, AccessToken token, boolean isReadOnly, Optional<Consistency> consistency) {
    /** The user that a client means who gives a token and no name. */
    public static final String DEFAULT = "default";

    public User {
        Names.require(name);
    }
}
